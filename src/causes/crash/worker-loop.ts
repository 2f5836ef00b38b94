import { podRef } from '../../rule/object-ref.js';
import { logItem, observed } from '../../rule/seen.js';
import { workerDeaths } from '../../computed/crash-sign.js';
import { ofPod } from '../../computed/of-pod.js';
import { show } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { stagesOf, standingAt } from '../../computed/pod-stage.js';
import { cause, type Told } from '../../rule/cause.js';
import { CRASHING } from '../not-running.js';

/** Dead workers of one run that are a loop and no accident. */
const WORKER_LOOP = 3;

export default cause({
  id: 'crash/worker-loop',
  topic: 'pods',
  title: 'The application’s worker processes die and are replaced again and again',
  severity: 'error',
  why: 'the main process lives, so that Kubernetes sees no restart, and yet requests are lost',
  seen: 'repeated “Child process [n] died” (uvicorn) or “Worker (pid:n) was sent SIGKILL!” (gunicorn) with 0 restarts',
  remedy: 'read what the workers say before they die; often it is memory: see doctor memory',
  explains: CRASHING,
  reads: ['pods'],
  consults: ['logs', 'cgroup'],
  judge({ pods }, look) {
    const { context, maybe, options } = look;
    const [logs, cgroups] = [maybe('logs'), maybe('cgroup')];
    return standingAt(stagesOf(pods, look), 'running').flatMap(({ pod }): Told[] => {
      const { name } = pod.metadata;
      const log = logs.ok ? ofPod(logs.value, name)?.log : undefined;
      if (!log?.ok) return [];
      const {
        count: deaths,
        last,
        find,
      } = workerDeaths(
        log.value.lines.filter(({ at }) => options.since === undefined || Date.parse(at) >= options.since),
      );
      if (deaths < WORKER_LOOP || !last) return [];
      const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : undefined;
      const oomKills = cgroup?.ok ? (cgroup.value.memory.oomKills ?? 0) : 0;
      const object = podRef(context.target, name);
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: worker processes died ${deaths} times and were replaced, while the main process lives, so that Kubernetes counts no restart.`,
          evidence: [
            logItem(last, name, context.target, 'log'),
            ...(oomKills > 0
              ? [observed('cgroup memory.events', object, `${oomKills} processes killed for memory`)]
              : []),
          ],
          fix: [
            show(
              context,
              'Read what they say before they die.',
              `logs ${name} -c ${backendOf(pod, context)?.name ?? ''} | grep -B 20 ${find}`,
            ),
          ],
        },
      ];
    });
  },
});
