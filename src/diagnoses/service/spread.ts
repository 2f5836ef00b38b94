/** A node port that answers, and leads to some of the ready pods only, or to one that is about to end. */
import { deploymentRef, podRef, serviceRef } from '../../checks/shared.js';
import { advise, run } from '../fixes.js';
import { observed, progressItems } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';

/** Ready pods to which the node port leads none of the requests, too many for that to be chance. */
export function passedOver(look: Look): CauseFinding[] {
  const { target } = look.context;
  const object = serviceRef(target);
  const unserved = (look.check('load-balancing/distribution')?.findings ?? []).filter(
    ({ messageId }) => messageId === 'unserved',
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
        advise(
          'See whether kube-proxy runs on every node, and what it says.',
          'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide',
        ),
      ],
      wouldConfirm: 'the log of kube-proxy, or its rules on the node',
      ruledOut: ['selector', 'pods that are not ready'],
    };
  });
}

/** Milliseconds after the end of a rollout in which a node may still send requests to a pod that has ended. */
const SETTLING_MS = 30_000;

/**
 * Requests failed while pods were replaced: a pod that ends gets requests until every node has heard of it. Whether any
 * fail once that is over is not known yet.
 */
export function replacedMeanwhile(
  look: Look<'pods' | 'deployment' | 'distribution'>,
): CauseFinding | undefined {
  const check = look.check('load-balancing/distribution');
  const failure = check?.findings.find(({ messageId }) => messageId === 'requests-failed');
  if (failure === undefined) return undefined;
  const [pods, deployment, distribution] = [
    look.maybe('pods'),
    look.maybe('deployment'),
    look.maybe('distribution'),
  ];
  const leaving = pods.ok
    ? pods.value.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    : [];
  const moved = distribution.ok
    ? distribution.value.pods.filter(({ state }) => state === 'left' || state === 'joined')
    : [];
  const progress = deployment.ok
    ? deployment.value?.status?.conditions?.find(({ type }) => type === 'Progressing')
    : undefined;
  const justEnded = look.context.now - Date.parse(progress?.lastUpdateTime ?? '') < SETTLING_MS;
  if (leaving.length + moved.length === 0 && !justEnded) return undefined;
  const object = deploymentRef(look.context.target);
  return {
    cause: 'rollout/under-way',
    verdict: 'inconclusive',
    object,
    summary: `Pods of Deployment ${object.name} are being replaced; meanwhile ${failure.message}. A pod that ends gets requests until every node has heard of it.`,
    evidence: [
      observed('requests at the node port', serviceRef(look.context.target), failure.message),
      ...progressItems(object, progress),
    ],
    fix: [run(look.context, 'Wait for its end.', `rollout status deployment ${object.name} --timeout=120s`)],
  };
}
