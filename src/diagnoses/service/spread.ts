/** A node port that answers, and leads to some of the ready pods only, or to one that is about to end. */
import { isTerminating } from '../../checks/pod-state.js';
import { deploymentRef, podRef, serviceRef } from '../../checks/shared.js';
import { advise, run } from '../fixes.js';
import { isFresh } from '../health/trouble.js';
import { observed, progressItems } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';

type SpreadLook = Look<'pods' | 'deployment' | 'distribution'>;

/** Ready pods to which the node port leads none of the requests, too many for that to be chance. */
export function passedOver(look: SpreadLook): CauseFinding[] {
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
 * Requests failed, or reached no pod that has just become ready, while pods were replaced or added: endpoints and nodes
 * hear of both a moment later. Whether any fail once that is over is not known yet.
 */
export function settlingStill(look: SpreadLook): CauseFinding | undefined {
  const fresh = freshPods(look);
  const failure =
    look
      .check('load-balancing/distribution')
      ?.findings.find(({ messageId }) => messageId === 'requests-failed' || messageId === 'unserved') ??
    look
      .check('load-balancing/endpoints')
      ?.findings.find(({ messageId, data }) => messageId === 'missing' && fresh.includes(String(data.pod)));
  if (failure === undefined) return undefined;
  const [pods, deployment, distribution] = [
    look.maybe('pods'),
    look.maybe('deployment'),
    look.maybe('distribution'),
  ];
  const leaving = pods.ok ? pods.value.filter(isTerminating) : [];
  const moved = distribution.ok
    ? distribution.value.pods.filter(({ state }) => state === 'left' || state === 'joined')
    : [];
  const progress = deployment.ok
    ? deployment.value?.status?.conditions?.find(({ type }) => type === 'Progressing')
    : undefined;
  const justEnded = look.context.now - Date.parse(progress?.lastUpdateTime ?? '') < SETTLING_MS;
  if (leaving.length + moved.length + fresh.length === 0 && !justEnded) return undefined;
  const object = deploymentRef(look.context.target);
  return {
    cause: 'rollout/under-way',
    verdict: 'inconclusive',
    object,
    summary: `Pods of Deployment ${object.name} are being replaced or added; meanwhile ${failure.message}. Until every node has heard of it, a pod that ends gets requests, and a new one gets none.`,
    evidence: [
      observed('endpoints and node port', serviceRef(look.context.target), failure.message),
      ...progressItems(object, progress),
    ],
    fix: [run(look.context, 'Wait for its end.', `rollout status deployment ${object.name} --timeout=120s`)],
  };
}

function freshPods(look: SpreadLook): string[] {
  const pods = look.maybe('pods');
  if (!pods.ok) return [];
  return pods.value.filter((pod) => isFresh(pod, look)).map(({ metadata }) => metadata.name);
}
