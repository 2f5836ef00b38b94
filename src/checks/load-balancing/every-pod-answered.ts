import { podRef } from '../../rule/object-ref.js';
import { assess, gapOf } from '../../computed/load-assessment.js';
import { chance, tallyWords } from '../../computed/load-tally.js';
import { defineCheck, pass, unknown, type Finding } from '../check.js';
import sessionAffinity from '../service/session-affinity.js';
import { count } from '../../count.js';
import { few } from '../../count.js';
import { confidenceOf, LOAD_SECTION, seeEndpoints, type Run } from './_load.js';

export default defineCheck<Run, 'unserved' | 'failing' | 'pinned'>({
  meta: {
    id: 'load-balancing/every-pod-answered',
    command: 'loadbalance',
    title: 'every ready pod answered',
    failureTitle: 'a ready pod answered nothing',
    why: 'a replica that gets no traffic neither carries load nor takes over when another one fails',
    // What pins a client is a field of the Service.
    remedy: (context, findings) =>
      findings.some(({ messageId }) => messageId === 'pinned')
        ? sessionAffinity.meta.remedy(context, [])
        : seeEndpoints(context),
    severity: 'error',
    reads: ['route', 'distribution'],
    needs: [],
    messages: {
      unserved: '{pod} answered none of {requests}; the probability of that by chance is {chance}',
      failing: '{pod} answered none of the {reached} that reached it: {problems}',
      pinned: '{pod} answered none of {requests}: {reason}',
    },
    contractSection: LOAD_SECTION,
  },
  evaluate(evidence, context) {
    const { target } = context;
    const { distribution: facts, route } = evidence;
    const { judged, unserved, topology, spread } = assess(
      evidence.distribution,
      evidence.route,
      confidenceOf(context),
    );
    if (facts.endedBy === 'no-route' || facts.completed === 0) return unknown('no request was answered');
    if (judged.length === 0) return unknown('no pod that this way leads to was ready all the time');
    const answered = judged.length - unserved.length;
    if (unserved.length === 0) return pass(`${answered} of ${judged.length}`);

    const reason = topology.undetermined ?? topology.unequal ?? gapOf(facts);
    if (reason !== undefined) return unknown(reason);
    const isIdle = unserved.some((load) => load.requests === 0) && topology.pinned === undefined;
    // Where no other pod got any, nothing says that these should have got some.
    if (spread === undefined && isIdle)
      return unknown('no request reached a pod that was ready all the time');
    const requests = count(facts.completed, 'request');
    const findings = unserved.map((load): Finding<'unserved' | 'failing' | 'pinned'> => {
      const { pod, problems } = load;
      const object = podRef(target, pod);
      const reached = count(load.requests, 'request');
      if (load.requests > 0)
        return { messageId: 'failing', data: { pod, reached, problems: tallyWords(problems) }, object };
      if (topology.pinned !== undefined)
        return { messageId: 'pinned', data: { pod, requests, reason: topology.pinned }, object };
      const p = Math.min(spread?.p ?? 1, spread?.miss ?? 1);
      return { messageId: 'unserved', data: { pod, requests, chance: chance(p) }, object };
    });
    const [first, ...rest] = findings;
    // A port-forward was asked for: that it leads to one pod says nothing about the others.
    if (route.via === 'port-forward')
      return unknown(`${topology.pinned ?? ''}, and says nothing of the others`);
    const isChance = unserved.every((load) => load.requests === 0) && topology.pinned === undefined;
    if (first && !(isChance && spread?.verdict === 'inconclusive')) {
      return { status: 'fail', findings: [first, ...rest] };
    }
    const pods = few(unserved.map(({ pod }) => pod));
    return unknown(
      `inconclusive: ${pods} answered none of ${requests}, which with ${judged.length} pods happens by chance ` +
        `with probability ${chance(spread?.miss ?? 1)}; ${spread?.enough ?? 0} requests would decide it`,
    );
  },
});
