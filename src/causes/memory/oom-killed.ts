import { killedCause } from './_killed.js';
import { KILLED } from './_limit.js';

export default killedCause({
  id: 'memory/oom-killed',
  means: 'oom-killed',
  title: 'The container was killed at its memory limit',
  why: 'the kernel kills the container’s main process as soon as the container needs more than its limit, and every request in flight is lost',
  seen: 'lastState.terminated.reason OOMKilled',
  remedy: 'raise backend.resources.limits.memory to the peak use + 20 %, or find what uses it',
  explains: [...KILLED],
  advice: (limit) => `Raise the limit: what was needed + 20 % is at least ${limit}.`,
});
