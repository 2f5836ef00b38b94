import { podRef } from '../../rule/object-ref.js';
import { containerName } from '../../contract/target.js';
import type { ContainerStatus } from '../../evidence/objects.js';
import { defineCheck, skip, type Finding } from '../check.js';
import { containersOf, recoveredSince, STABLE_MS } from '../../kube/pod-containers.js';
import { ago, elapsed, ending, isActive, isReady } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { failOrWarn } from '../shared.js';
import { previousLog } from '../../fixes/commands.js';

type Message = 'recent' | 'recovered' | 'earlier';

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
      recovered:
        '{pod}: container {container} was restarted, {found}; it has run and been ready for {ready} since',
      earlier: '{pod}: container {container} has restarted, {found}; it has been stable since',
    },
    contractSection: 'Deployment Verification: Check Pod Status; Troubleshooting: Health Check Failures',
  },
  evaluate({ pods }, { contract, now, target }) {
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    // While any pod is not ready, what made one restart may not be over.
    const allReady = active.every(isReady);
    for (const pod of active) {
      const { name } = pod.metadata;
      for (const { role, status, path } of containersOf(pod, containerName({ target, contract }))) {
        if (role === 'init' || status.restartCount === 0) continue;
        const ended = status.lastState?.terminated;
        const at = lastRestart(status);
        const looping = status.state?.waiting !== undefined;
        const recent = looping || at === undefined || now - Date.parse(at) < STABLE_MS;
        const over = allReady ? recoveredSince(status, now) : undefined;
        const times = count(status.restartCount, 'time');
        const data = {
          pod: name,
          container: status.name,
          expected: '0 restarts',
          found: `${times}${at ? `, last ${ago(at, now)}` : ''}${ended ? ` (${ending(ended)})` : ''}`,
          field: `${path}.restartCount`,
        };
        const object = podRef(target, name);
        if (!recent) warnings.push({ messageId: 'earlier', data, object });
        else if (over === undefined) failures.push({ messageId: 'recent', data, object });
        else {
          const ready = elapsed((now - Date.parse(over)) / 1000);
          warnings.push({ messageId: 'recovered', data: { ...data, ready }, object });
        }
      }
    }
    return failOrWarn(failures, warnings, `no restart in ${count(active.length, 'pod')}`);
  },
});

/** When the container ended last, else when it started again. */
function lastRestart({ state, lastState }: ContainerStatus): string | undefined {
  return state?.terminated?.finishedAt ?? lastState?.terminated?.finishedAt ?? state?.running?.startedAt;
}
