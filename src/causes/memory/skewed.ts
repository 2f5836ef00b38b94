import { podRef } from '../../rule/object-ref.js';
import { observed } from '../../rule/seen.js';
import { largest, mebibytes, memoriesOf } from '../../computed/memory.js';
import { see } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { cause } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';

/** One pod uses so many times what the others do, and so many bytes more, before it is called skewed. */
const SKEW = { factor: 2, bytes: 128 * 1024 * 1024 };

export default cause({
  id: 'memory/skewed',
  topic: 'memory',
  title: 'One pod uses far more memory than the others',
  severity: 'warning',
  why: 'pods that serve alike use about the same; one that stands out gets more of the traffic, or keeps something',
  seen: 'use of one pod more than twice that of the others',
  remedy: 'see whether traffic is spread evenly: todo-k8s loadbalance',
  explains: [],
  reads: ['pods'],
  consults: ['metrics', 'cgroup'],
  judge({ pods }, look) {
    const { context } = look;
    const used = memoriesOf(podsToJudge(pods, look), look).flatMap(({ pod, memory }) =>
      memory.usage ? [{ pod, bytes: memory.usage.bytes }] : [],
    );
    // Only the one that uses most can be it.
    const own = largest(used.map(({ bytes }) => bytes));
    const pod = used.find(({ bytes }) => bytes === own)?.pod;
    const others = used.flatMap((each) => (each.pod === pod ? [] : [each.bytes]));
    const most = largest(others);
    if (pod === undefined || own === undefined || most === undefined) return [];
    if (own < SKEW.factor * most || own - most < SKEW.bytes) return [];
    const { name } = pod.metadata;
    const object = podRef(context.target, name);
    const loadbalance = todoK8s(context, 'loadbalance');
    return [
      {
        verdict: 'likely',
        object,
        pods: [name],
        summary: `{pods}: the container uses ${mebibytes(own)}, the other${others.length === 1 ? '' : 's'} at most ${mebibytes(most)}: more traffic, or something that it keeps.`,
        evidence: [
          observed('memory', object, `${mebibytes(own)} here, ${others.map(mebibytes).join(', ')} elsewhere`),
        ],
        fix: [see('See whether traffic is spread evenly.', loadbalance)],
        wouldConfirm: `an uneven spread in ${loadbalance}, or growth in ${todoK8s(context, 'doctor', 'memory --observe 30s')}`,
      },
    ];
  },
});
