import { podRef } from '../../rule/object-ref.js';
import { field, observed } from '../../rule/seen.js';
import { mebibytes, memoriesOf, nearLimit, recommended } from '../../computed/memory.js';
import { see } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { cause } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';
import { LIMIT_FIELD, setLimit } from './_limit.js';

export default cause({
  id: 'memory/near-limit',
  topic: 'memory',
  title: 'Memory use is close to the limit',
  severity: 'warning',
  why: 'one large request more, and the kernel kills the container',
  seen: 'working set of 80 % of the limit or more',
  remedy: 'raise backend.resources.limits.memory to the peak use + 20 %',
  explains: [],
  reads: ['pods'],
  consults: ['metrics', 'cgroup'],
  /** One finding for all pods near their limit: one limit must suit them all. */
  judge({ pods }, look) {
    const { context } = look;
    const near = nearLimit(memoriesOf(podsToJudge(pods, look), look));
    const [first] = near;
    if (!first) return [];
    const limit = recommended(
      Math.max(...near.map(({ peak, usage }) => peak ?? usage.bytes)),
      Math.max(...near.map(({ limit: own }) => own)),
    );
    const shares = near.map(({ usage, limit: own }) => `${Math.round((usage.bytes / own) * 100)} %`);
    return [
      {
        verdict: 'confirmed',
        object: podRef(context.target, first.pod.metadata.name),
        pods: near.map(({ pod }) => pod.metadata.name),
        summary: `{pods}: the container uses ${shares.join(' and ')} of its memory limit of ${first.limitText ?? ''}.`,
        evidence: near.flatMap(({ pod, usage, peak, limitText = '' }) => {
          const object = podRef(context.target, pod.metadata.name);
          const highest = peak === undefined ? '' : `, peak ${mebibytes(peak)}`;
          return [
            observed(`${usage.source} memory`, object, `${mebibytes(usage.bytes)}${highest}`, usage.at),
            field(object, LIMIT_FIELD, limitText),
          ];
        }),
        fix: [
          setLimit(context, `Raise the limit to the peak + 20 %: ${limit}.`, limit),
          see('See first whether it grows.', todoK8s(context, 'doctor', 'memory --observe 30s')),
        ],
      },
    ];
  },
});
