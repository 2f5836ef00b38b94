import type { ContainerStatus } from '../../evidence/objects.js';
import { defineCheck, skip, type Finding } from '../check.js';
import { ago, ending, isActive } from '../pod-state.js';
import { count, failOrWarn, podRef, previousLog } from '../shared.js';

type Message = 'recent' | 'earlier';

/**
 * Milliseconds. A crash loop backs off to five minutes between starts, so a container that loops has always restarted
 * within twice that time; one that has not is stable now, and its restarts are history worth a warning.
 */
const RECENT_MS = 10 * 60 * 1000;

export default defineCheck({
  meta: {
    id: 'pods/restarts',
    title: 'Containers do not restart',
    failureTitle: 'Containers have restarted',
    why: 'each restart cuts requests off, and a container that restarted lately will probably do it again',
    remedy: (context, findings) => previousLog(context, findings),
    severity: 'error',
    reads: ['pods'],
    needs: ['deployment/exists'],
    toldWith: ['pods/running', 'pods/no-oom'],
    messages: {
      recent: '{pod}: container {container} has restarted, {found}',
      earlier: '{pod}: container {container} has restarted, {found}; it has been stable since',
    },
    contractSection: 'Deployment Verification: Check Pod Status; Troubleshooting: Health Check Failures',
  },
  evaluate({ pods }, { now, target }) {
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    for (const { metadata, status } of active) {
      for (const [index, container] of (status?.containerStatuses ?? []).entries()) {
        if (container.restartCount === 0) continue;
        const ended = container.lastState?.terminated;
        const at = lastRestart(container);
        const looping = container.state?.waiting !== undefined;
        const recent = looping || at === undefined || now - Date.parse(at) < RECENT_MS;
        const times = count(container.restartCount, 'time');
        const found = `${times}${at ? `, last ${ago(at, now)}` : ''}${ended ? ` (${ending(ended)})` : ''}`;
        const field = `status.containerStatuses[${index}].restartCount`;
        const data = { pod: metadata.name, container: container.name, expected: '0 restarts', found, field };
        const object = podRef(target, metadata.name);
        if (recent) failures.push({ messageId: 'recent', data, object });
        else warnings.push({ messageId: 'earlier', data, object });
      }
    }
    return failOrWarn(failures, warnings, `no restart in ${count(active.length, 'pod')}`);
  },
});

/** When the container ended last, else when it started again. */
function lastRestart({ state, lastState }: ContainerStatus): string | undefined {
  return state?.terminated?.finishedAt ?? lastState?.terminated?.finishedAt ?? state?.running?.startedAt;
}
