/** What can be seen of memory that is short, for tests to put into the healthy state. */
import type { HealthyEvidence } from './check-context.js';
import { containerOf, podOf, restarted } from './pod-states.js';

export type Change = (evidence: HealthyEvidence) => void;

export const MEBIBYTE = 1024 ** 2;

export const uses =
  (mebibytes: number, index = 0): Change =>
  ({ metrics, cgroup: groups }) => {
    const own = metrics.pods[index];
    if (own) own.memoryBytes = mebibytes * MEBIBYTE;
    const group = groups[index]?.cgroup;
    if (group?.ok) group.value.memory.current = mebibytes * MEBIBYTE;
  };
export const killed =
  (more: object = {}, at: { secondsAgo?: number; restarts?: number } = {}): Change =>
  (evidence) =>
    restarted(evidence, 0, { exitCode: 137, reason: 'OOMKilled', ...more }, at);
export const limit =
  (memory: string | undefined): Change =>
  (evidence) => {
    for (const index of [0, 1]) {
      const limits = containerOf(evidence, index).resources?.limits;
      if (limits && memory === undefined) delete limits.memory;
      else if (limits && memory !== undefined) limits.memory = memory;
    }
  };
export const evicted: Change = (evidence) => {
  const gone = structuredClone(podOf(evidence));
  gone.metadata = { ...gone.metadata, name: 'todo-chatbot-backend-6d5f9c7b4d-gone1', uid: 'gone' };
  gone.status = {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 61Mi.',
  };
  evidence.pods.push(gone);
};
export const cgroup =
  (change: { oomKills?: number; peak?: number }): Change =>
  (evidence) => {
    const own = evidence.cgroup[0]?.cgroup;
    if (own?.ok) Object.assign(own.value.memory, change);
  };
export const together =
  (...changes: Change[]): Change =>
  (evidence) => {
    for (const change of changes) change(evidence);
  };
