/** What the kubelet says of a probe that failed (the event `Unhealthy`), and of a container that it ended for it. */
import type { KubernetesEvent } from '../evidence/objects.js';
import {
  ASKED_OVER_TLS,
  PLAIN_TO_TLS,
  PROBE_FAILED,
  PROBE_KILL,
  PROBE_NOT_STARTED,
  PROBE_STATUS,
  REFUSED,
  TOO_LATE,
} from '../vocabulary/kubelet.js';

export interface ProbeFailure {
  probe: 'liveness' | 'readiness' | 'startup';
  kind: 'status' | 'refused' | 'timeout' | 'plain' | 'other';
  /** HTTP status, for `status`. */
  status: number | undefined;
  /** It was asked over TLS: by its scheme, or because a redirect led there. */
  overTls: boolean;
  /** The command that it is to run, where that cannot be started. */
  missing?: string;
}

const LONGEST = 1000;

/** @returns undefined where the message is about no probe */
export function parseProbeFailure(message: string): ProbeFailure | undefined {
  const said = message.slice(0, LONGEST);
  const probe = PROBE_FAILED.says.exec(said)?.[1]?.toLowerCase() as ProbeFailure['probe'] | undefined;
  if (probe === undefined) return undefined;
  const status = PROBE_STATUS.says.exec(said)?.[1];
  const overTls = ASKED_OVER_TLS.says.test(said);
  if (status !== undefined) return { probe, kind: 'status', status: Number(status), overTls };
  const missing = PROBE_NOT_STARTED.says.exec(said)?.[1];
  return { probe, kind: kindOf(said), status: undefined, overTls, ...(missing !== undefined && { missing }) };
}

function kindOf(said: string): ProbeFailure['kind'] {
  if (REFUSED.says.test(said)) return 'refused';
  if (TOO_LATE.says.test(said)) return 'timeout';
  return PLAIN_TO_TLS.says.test(said) ? 'plain' : 'other';
}

/** Which container the kubelet ended, and for which probe; undefined where it was for another reason. */
export function parseProbeKill(
  message: string,
): { container: string; probe: ProbeFailure['probe'] } | undefined {
  const [, container, probe] = PROBE_KILL.says.exec(message.slice(0, LONGEST)) ?? [];
  return container === undefined ? undefined : { container, probe: probe as ProbeFailure['probe'] };
}

/** The kubelet's words when it ends this container, and no other one of the pod, because of a probe. */
export function isProbeKill({ message = '' }: KubernetesEvent, container: string): boolean {
  return parseProbeKill(message)?.container === container;
}
