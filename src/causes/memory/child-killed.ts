import { podRef } from '../../rule/object-ref.js';
import { field, observed } from '../../rule/seen.js';
import { memoryKillOf } from '../../computed/memory-kill.js';
import { memoryOf, recommended } from '../../computed/memory.js';
import { ofPod } from '../../computed/of-pod.js';
import { backendOf, podsToJudge } from '../../computed/judged-pods.js';
import { END_CONSULTS } from '../../computed/container-ends.js';
import { cause, type Told } from '../../rule/cause.js';
import { adviceOf, toldOfEnds } from '../crashed.js';
import { fewerWorkers, KILLED, LIMIT_FIELD, setLimit } from './_limit.js';

const REMEDY = 'raise backend.resources.limits.memory, or run fewer workers';

const CHILD_KILLED = cause({
  id: 'memory/child-killed',
  topic: 'memory',
  title: 'A process of the container was killed for memory, which Kubernetes does not show',
  severity: 'error',
  why: 'the kernel may kill a worker instead of the main process: the container then goes on, or ends with 137 without the reason OOMKilled',
  seen: 'cgroup memory.events oom_kill above 0, or exit code 137 without OOMKilled and without a failed probe',
  remedy: REMEDY,
  explains: KILLED,
  reads: ['pods'],
  consults: ['cgroup', 'metrics'],
  judge({ pods }, look) {
    const { context, maybe } = look;
    const cgroups = maybe('cgroup');
    return podsToJudge(pods, look).flatMap((pod): Told[] => {
      const { name } = pod.metadata;
      const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : undefined;
      if (!cgroup?.ok || memoryKillOf(pod, look)) return [];
      const { oomKills: kills = 0, limitHits = '?' } = cgroup.value.memory;
      if (kills === 0) return [];
      const object = podRef(context.target, name);
      const { limit = 0, limitText = 'none', peak = 0 } = memoryOf(pod, look);
      const value = recommended(Math.max(limit, peak));
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: at the memory limit of ${limitText} the kernel killed ${kills === 1 ? 'a process' : `${kills} processes`} of the container, not its main one, so that Kubernetes shows neither OOMKilled nor a restart.`,
          evidence: [
            observed(
              'cgroup memory.events',
              object,
              `oom_kill ${kills}, limit reached ${limitHits} times`,
              cgroup.at,
            ),
            field(object, LIMIT_FIELD, limitText),
          ],
          fix: [
            ...fewerWorkers(backendOf(pod, context), context),
            setLimit(context, `Raise the limit to ${value}, or run fewer workers.`, value),
          ],
        },
      ];
    });
  },
});

export default CHILD_KILLED;

/** The same where the container's main process ended by the signal, and nobody says that it was them. */
export const endedBySigkill = cause({
  ...CHILD_KILLED,
  consults: END_CONSULTS,
  judge: ({ pods }, look) =>
    toldOfEnds(
      CHILD_KILLED.id,
      {
        what: () =>
          'the container was ended by SIGKILL, and no probe failed: the kernel killed a process of it for memory, or the node did',
        fix: () => [adviceOf(REMEDY)],
      },
      pods,
      look,
    ),
});
