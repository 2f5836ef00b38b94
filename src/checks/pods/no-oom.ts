import { podRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import type { ContainerStatus } from '../../evidence/objects.js';
import { defineCheck, skip, type Finding } from '../check.js';
import { ago, ending, isActive } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { failOrWarn } from '../shared.js';
import { podSelector } from '../../fixes/commands.js';

type Message = 'oom-killed' | 'killed';

/** 128 + SIGKILL. */
const KILLED = 137;

export default defineCheck({
  meta: {
    id: 'pods/no-oom',
    title: 'No container was OOMKilled',
    failureTitle: 'A container was killed',
    why: 'a container that reaches its memory limit is killed with every request that it serves',
    remedy: (context) => [
      look(
        kubectl(context, `top pod -l ${podSelector(context)} --containers`),
        'raise backend.resources.limits.memory to the peak + 20 %',
      ),
    ],
    severity: 'error',
    reads: ['pods'],
    needs: ['deployment/exists'],
    messages: {
      'oom-killed': '{pod}: container {container} was OOMKilled{when}, memory limit {limit}',
      killed:
        '{pod}: container {container} was ended by SIGKILL{when}: by the kernel because a child process ran out of memory, or by the kubelet',
    },
    contractSection: 'Resource Limits; Troubleshooting: High Memory Usage',
  },
  evaluate({ pods }, { now, target }) {
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    for (const { metadata, spec, status } of active) {
      for (const group of ['initContainerStatuses', 'containerStatuses'] as const) {
        for (const [index, container] of (status?.[group] ?? []).entries()) {
          const state = killedIn(container);
          const ended = state && container[state]?.terminated;
          if (!ended) continue;
          const data = {
            pod: metadata.name,
            container: container.name,
            expected: 'not OOMKilled',
            found: ending(ended),
            field: `status.${group}[${index}].${state}.terminated`,
            when: ended.finishedAt ? ` ${ago(ended.finishedAt, now)}` : '',
            limit:
              [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === container.name)
                ?.resources?.limits?.memory ?? 'none',
          };
          const object = podRef(target, metadata.name);
          // The kernel says OOMKilled only when it killed the container's first process.
          if (ended.reason === 'OOMKilled') failures.push({ messageId: 'oom-killed', data, object });
          else warnings.push({ messageId: 'killed', data, object });
        }
      }
    }
    return failOrWarn(failures, warnings, `no OOMKilled container in ${count(active.length, 'pod')}`);
  },
});

/** Both ends are looked at: a container that restarted and completed, or ended again, was killed the time before. */
function killedIn(container: ContainerStatus): 'state' | 'lastState' | undefined {
  const ends = ['state', 'lastState'] as const;
  return (
    ends.find((end) => container[end]?.terminated?.reason === 'OOMKilled') ??
    ends.find((end) => container[end]?.terminated?.exitCode === KILLED)
  );
}
