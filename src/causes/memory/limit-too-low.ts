import { killedCause } from './_killed.js';
import { KILLED } from './_limit.js';

export default killedCause({
  id: 'memory/limit-too-low',
  means: 'limit-too-low',
  title: 'The memory limit is lower than what the application needs',
  why: 'the application needs its usual amount and is killed for it, at once or under little load',
  seen: 'OOMKilled with a limit below the contract’s',
  remedy: 'set backend.resources.limits.memory to what the contract has, or to the peak use + 20 %',
  explains: ['memory/oom-killed', 'deployment/resources', ...KILLED],
  toContract: true,
  advice: (limit) => `Set the limit that the contract has, ${limit}.`,
});
