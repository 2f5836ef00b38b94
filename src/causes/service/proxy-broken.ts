import { podRef, serviceRef } from '../../rule/object-ref.js';
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { observed } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { nodePortOf } from '../../computed/node-port.js';
import { show } from '../../fixes/described.js';
import { freshPods } from '../settling.js';
import { cause, type Told } from '../../rule/cause.js';
import { NODE_PORT_CONSULTS, silentBy } from './_silent.js';
import { UNANSWERED } from './_unreached.js';

export default cause({
  id: 'service/proxy-broken',
  topic: 'service',
  title: 'The node does not pass connections on to the Service',
  severity: 'error',
  why: 'kube-proxy writes the rules that lead from the node port to the pods; where it does not run, they are old or missing',
  seen: 'the pods answer through the API server, and the node port refuses, or leads to some of the ready ones only',
  remedy: 'check kube-proxy in kube-system',
  explains: UNANSWERED,
  reads: ['vantage'],
  consults: NODE_PORT_CONSULTS,
  judge({ vantage }, look) {
    if (nodePortOf(vantage, look).state === 'answers') return passedOver(look);
    const silent = silentBy('proxy-broken', vantage, look);
    if (!silent) return [];
    return [
      {
        ...silent,
        verdict: 'likely',
        summary: `The node refuses connections at the node port of Service ${silent.object.name}, though the Service answers through the API server: kube-proxy has not set up the way.`,
        fix: [seeProxies(look.context, 'See whether kube-proxy runs on every node.')],
        wouldConfirm: 'the log of kube-proxy on that node',
      },
    ];
  },
});

/** Ready pods to which the node port leads none of the requests, too many for that to be chance. */
function passedOver(look: Look<'pods'>): Told[] {
  const { target } = look.context;
  const object = serviceRef(target);
  const fresh = freshPods(look);
  return (look.check('load-balancing/distribution')?.findings ?? [])
    .filter(({ messageId, data }) => messageId === 'unserved' && !fresh.includes(String(data.pod)))
    .map(({ data, message }): Told => {
      const pod = String(data.pod);
      return {
        verdict: 'likely',
        object,
        pods: [pod],
        summary: `{pods}: the node port of Service ${object.name} leads none of ${String(data.requests)} to it, though it is ready: the rules of kube-proxy are not those of the Service’s endpoints.`,
        evidence: [observed('requests at the node port', podRef(target, pod), message)],
        fix: [seeProxies(look.context, 'See whether kube-proxy runs on every node, and what it says.')],
        wouldConfirm: 'the log of kube-proxy, or its rules on the node',
        ruledOut: ['selector', 'pods that are not ready'],
      };
    });
}

function seeProxies(context: CheckContext, words: string): Fix {
  return show(context, words, 'get pods -l k8s-app=kube-proxy -o wide', 'kube-system');
}
