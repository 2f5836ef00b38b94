/** A node port that answers, and leads to some of the ready pods only. */
import { podRef, serviceRef } from '../../checks/shared.js';
import { show } from '../fixes.js';
import { observed } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';
import { freshPods } from './settling.js';

/** Ready pods to which the node port leads none of the requests, too many for that to be chance. */
export function passedOver(look: Look<'pods'>): CauseFinding[] {
  const { target } = look.context;
  const object = serviceRef(target);
  const fresh = freshPods(look);
  const unserved = (look.check('load-balancing/distribution')?.findings ?? []).filter(
    ({ messageId, data }) => messageId === 'unserved' && !fresh.includes(String(data.pod)),
  );
  return unserved.map(({ data, message }) => {
    const pod = String(data.pod);
    return {
      cause: 'service/proxy-broken',
      verdict: 'likely',
      object,
      pods: [pod],
      summary: `{pods}: the node port of Service ${object.name} leads none of ${String(data.requests)} to it, though it is ready: the rules of kube-proxy are not those of the Service’s endpoints.`,
      evidence: [observed('requests at the node port', podRef(target, pod), message)],
      fix: [
        show(
          look.context,
          'See whether kube-proxy runs on every node, and what it says.',
          'get pods -l k8s-app=kube-proxy -o wide',
          'kube-system',
        ),
      ],
      wouldConfirm: 'the log of kube-proxy, or its rules on the node',
      ruledOut: ['selector', 'pods that are not ready'],
    };
  });
}
