/** Probes that fail, in the kubelet's words, for tests to put into the healthy state. */
import type { HealthyEvidence } from './check-context.js';
import { containerOf, log, notReady, podEvent, restarted } from './pod-states.js';

export type Change = (evidence: HealthyEvidence) => void;

export const REFUSED =
  'Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused';
export const TIMED_OUT =
  'Get "http://10.244.0.5:8000/api/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/** The pod runs and is not ready. */
export function readiness(failure: string, change: Change = () => undefined): Change {
  return (evidence) => {
    notReady(evidence, 0);
    podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${failure}`, { count: 12 });
    change(evidence);
  };
}

/** The kubelet ends the container again and again. */
export function liveness(failure: string, change: Change = () => undefined): Change {
  return (evidence) => {
    restarted(evidence, 0, { exitCode: 137 }, { secondsAgo: 40 });
    podEvent(evidence, 0, 'Unhealthy', `Liveness probe failed: ${failure}`, { count: 9, secondsAgo: 41 });
    podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
      count: 3,
      secondsAgo: 40,
    });
    change(evidence);
  };
}

export const port =
  (probe: 'livenessProbe' | 'readinessProbe', value: number): Change =>
  (evidence) => {
    const action = containerOf(evidence)[probe]?.httpGet;
    if (action) action.port = value;
  };
export const path: Change = (evidence) => {
  const action = containerOf(evidence).livenessProbe?.httpGet;
  if (action) action.path = '/healthz';
};
export const says =
  (...lines: string[]): Change =>
  (evidence) =>
    log(evidence, 0, lines);
export const throttled: Change = ({ cgroup }) => {
  const own = cgroup[0]?.cgroup;
  if (own?.ok) own.value.cpu = { periods: 1000, throttledPeriods: 810, throttledMicros: 81_000_000 };
};
export const together =
  (...changes: Change[]): Change =>
  (evidence) => {
    for (const change of changes) change(evidence);
  };
