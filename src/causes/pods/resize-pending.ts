import { run, show } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
  id: 'pods/resize-pending',
  topic: 'pods',
  title: 'A pod was resized in place, and its node has not done it',
  severity: 'error',
  why: 'the pod’s spec says one thing, and its containers run with what they had before',
  seen: 'the pod’s condition PodResizePending is True, with reason Infeasible or Deferred',
  remedy: 'delete the pod, so that the Deployment makes it again by its template; or free room on the node',
  explains: ['pods/as-contracted'],
  reads: ['pods'],
  judge({ pods }, look) {
    const { context } = look;
    const isFailing = look.check('pods/as-contracted')?.status === 'fail';
    return podsToJudge(pods, look).flatMap((pod): Told[] => {
      const pending = pod.status?.conditions?.find(({ type }) => type === 'PodResizePending');
      if (pending?.status !== 'True') return [];
      const { name } = pod.metadata;
      const { nodeName = '' } = pod.spec;
      const object = podRef(context.target, name);
      const words = (pending.message ?? '').replace(/[.]$/, '');
      const said = words === '' ? '' : `: ${words}`;
      const isLater = pending.reason === 'Deferred';
      return [
        {
          verdict: 'confirmed',
          ...(!isFailing && { severity: 'warning' as const }),
          object,
          pods: [name],
          summary: isLater
            ? `{pods}: it was resized in place, and its node waits for room to do it${said}. Its containers have what they had before.`
            : `{pods}: it was resized in place, and its node can never do it${said}. Its containers have what they had before.`,
          evidence: [
            field(
              object,
              "status.conditions[type='PodResizePending']",
              [pending.reason, pending.message].filter(Boolean).join(': '),
              pending.lastTransitionTime,
            ),
          ],
          fix: [
            run(
              context,
              'Delete the pod: the Deployment makes another one with what its template asks for.',
              `delete pod ${name}`,
            ),
            ...(isLater
              ? [
                  show(
                    context,
                    'Or see what reserves the node’s room, and free some.',
                    `describe node ${nodeName}`.trim(),
                    null,
                  ),
                ]
              : []),
          ],
        },
      ];
    });
  },
});
