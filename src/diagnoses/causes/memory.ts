import { defineCauses } from '../cause.js';

/** What restarts bring with them, whatever made the container end. */
const RESTARTS = ['pods/restarts', 'pods/running', 'pods/ready', 'deployment/rollout-complete'] as const;

export const MEMORY_CAUSES = defineCauses([
  {
    id: 'memory/oom-killed',
    topic: 'memory',
    title: 'The container was killed at its memory limit',
    severity: 'error',
    why: 'the kernel kills the container’s main process as soon as the container needs more than its limit, and every request in flight is lost',
    seen: 'lastState.terminated.reason OOMKilled',
    remedy: 'raise backend.resources.limits.memory to the peak use + 20 %, or find what uses it',
    explains: [...RESTARTS, 'pods/no-oom', 'functional/*', 'load-balancing/*', 'rollout/stuck'],
  },
  {
    id: 'memory/node-pressure',
    topic: 'memory',
    title: 'The node ran out of memory and evicted pods',
    severity: 'error',
    why: 'the kubelet evicts pods when the node itself is short of memory, however far they are from their own limits',
    seen: 'pod status.reason Evicted, or node condition MemoryPressure',
    remedy:
      'give the node more memory, move what uses it elsewhere, or raise the backend’s memory request so that others are evicted first',
    explains: [...RESTARTS, 'cluster/nodes-ready', 'functional/*', 'load-balancing/*'],
  },
  {
    id: 'memory/no-limit',
    topic: 'memory',
    title: 'The container has no memory limit',
    severity: 'warning',
    why: 'a leak then takes the whole node down instead of one container',
    seen: 'spec.containers[].resources.limits.memory is not set',
    remedy: 'set backend.resources.limits.memory',
    explains: ['deployment/resources'],
  },
]);
