/** Where the pods could run: room, taints, selectors, and images that nobody will pull. */
import { count } from '../../count.js';
import { parseImage } from '../../kube/image-reference.js';
import { requestsOfPod, type Requests } from '../../kube/pod-requests.js';
import type { NodeRoom } from '../../evidence/deep-facts.js';
import type { PodSpec } from '../../evidence/objects.js';
import { keptOffBy } from '../../kube/taints.js';
import { text } from '../../rule/fix.js';
import { newPods } from './pods.js';
import { deploymentOf, type Problem, type Rule } from './rule.js';

/** The kubelet tells at most so many images (nodeStatusMaxImages). */
const MAX_IMAGES = 50;
const MEBIBYTE = 1024 * 1024;

export const NODE_RULES: readonly Rule[] = [
  {
    id: 'install/room',
    title: 'The nodes have room for the pods',
    failureTitle: 'The nodes have no room for the pods',
    why: 'a pod that fits nowhere stays Pending, and a rolling update that needs one more pod than fits never ends',
    reads: ['room', 'deployment'],
    fix: () => [
      text(
        'Ask for less, run fewer replicas, free or add a node, tolerate its taint or correct the node selector.',
      ),
    ],
    judge(planned, { room, deployment }) {
      const { spec } = planned.deployment.spec.template;
      const needed = newPods(planned, deployment);
      const wanted = requestsOfPod(spec);
      const eligible = room.nodes.map((node) => ({ node, why: refusal(node, spec) }));
      const open = eligible.filter(({ why }) => why === undefined).map(({ node }) => node);
      const isUpgrade = deployment !== undefined;
      const problems: Problem[] = [];
      const fits = open.map((node) => ({ node, pods: podsOn(node, wanted) }));
      const places = fits.reduce((sum, { pods }) => sum + pods, 0);
      const asks = `${wanted.cpuMillis}m CPU and ${Math.round(wanted.memoryBytes / MEBIBYTE)}Mi`;
      const more = isUpgrade ? 'more beside those that run' : `of ${needed}`;
      if (needed > 0 && room.nodes.length > 0 && open.length === 0) {
        const reasons = [...new Set(eligible.flatMap(({ why }) => why ?? []))].slice(0, 3).join('; ');
        problems.push({
          message: `no node takes the pods: ${reasons}`,
          object: deploymentOf(planned),
          data: { expected: 'a node that takes them', found: reasons, field: 'spec.template.spec' },
        });
      } else if (places < needed)
        problems.push({
          message: isUpgrade
            ? `${count(needed, 'pod')} ${more} must fit (maxUnavailable), and there is room for ${places}: each asks for ${asks}`
            : `there is room for ${places} ${more} pods: each asks for ${asks}`,
          object: deploymentOf(planned),
          data: {
            expected: `room for ${needed}`,
            found: `room for ${places} on ${count(open.length, 'node')}`,
            field: 'spec.template.spec.containers[0].resources.requests',
          },
        });
      return {
        problems,
        fact:
          needed === 0
            ? 'no pod more is needed'
            : `${needed} more, ${asks} each, on ${count(open.length, 'node')}`,
        ...(room.unread !== undefined && problems.length === 0 && { unknown: room.unread.detail }),
      };
    },
  },
  {
    id: 'install/image',
    title: 'Images that are never pulled are on the nodes',
    failureTitle: 'An image that is never pulled is not on every node',
    why: 'with imagePullPolicy Never the kubelet runs only what its node has already: ErrImageNeverPull',
    reads: ['nodes', 'room'],
    fix: () => [
      text(
        'Load the image onto the node (minikube image load, kind load docker-image), or let it be pulled: IfNotPresent.',
      ),
    ],
    judge(planned, { nodes, room }) {
      const { spec } = planned.deployment.spec.template;
      const containers = spec.containers.map((container, index) => ({ container, index }));
      const never = containers.filter(({ container }) => container.imagePullPolicy === 'Never');
      const open = nodes.filter(({ metadata }) => {
        const node = room.nodes.find((each) => each.node === metadata.name);
        return node === undefined || refusal(node, spec) === undefined;
      });
      const problems: Problem[] = [];
      let unknown: string | undefined;
      for (const { container, index } of never) {
        const wanted = fullName(container.image ?? '');
        const without = open.filter(
          ({ status }) =>
            !(status?.images ?? []).some(({ names = [] }) => names.some((each) => fullName(each) === wanted)),
        );
        const sure = without.filter(({ status }) => (status?.images ?? []).length < MAX_IMAGES);
        if (sure.length > 0)
          problems.push({
            message: `image ${container.image ?? ''} is never pulled, and is not on ${sure.length === 1 ? `node ${sure[0]?.metadata.name ?? ''}` : `${sure.length} of ${open.length} nodes`}`,
            object: deploymentOf(planned),
            data: {
              expected: 'the image on the node, or another pull policy',
              found: 'not there',
              field: `spec.template.spec.containers[${index}].image`,
            },
          });
        else if (without.length > 0)
          unknown = `nodes tell ${MAX_IMAGES} of their images at most, and ${container.image ?? ''} is not among them`;
      }
      return {
        problems,
        fact:
          never.length === 0
            ? 'every image may be pulled'
            : `${never.map(({ container }) => container.image ?? '').join(', ')} on every node`,
        ...(unknown !== undefined && { unknown }),
      };
    },
  },
];

function podsOn(
  { allocatable, requested = { cpuMillis: 0, memoryBytes: 0, pods: 0 } }: NodeRoom,
  wanted: Requests,
): number {
  const by = (all: number, used: number, each: number) =>
    each === 0 ? Infinity : Math.floor((all - used) / each);
  return Math.max(
    0,
    Math.min(
      by(allocatable.cpuMillis, requested.cpuMillis, wanted.cpuMillis),
      by(allocatable.memoryBytes, requested.memoryBytes, wanted.memoryBytes),
      by(allocatable.pods, requested.pods, 1),
    ),
  );
}

/** Why no pod of this kind goes to the node; undefined: it may. Affinity is left to the scheduler. */
function refusal(node: NodeRoom, { nodeSelector = {}, tolerations, nodeName }: PodSpec): string | undefined {
  if (nodeName !== undefined && nodeName !== node.node) return `nodeName is ${nodeName}`;
  const missing = Object.entries(nodeSelector).find(([key, value]) => node.labels[key] !== value);
  if (missing) return `no node has the label ${missing[0]}=${missing[1]}`;
  const [taint] = keptOffBy(node.taints, tolerations);
  if (taint) return `node ${node.node} has the taint ${taint.key}:${taint.effect}`;
  return node.unschedulable ? `node ${node.node} is cordoned` : undefined;
}

/** As a container runtime calls it: `docker.io/library/x:latest`. Beside a digest a tag says nothing. */
function fullName(image: string): string {
  const { repository = image, tag, digest } = parseImage(image) ?? {};
  if (digest !== undefined) return `${repository}@${digest}`;
  return tag === undefined ? repository : `${repository}:${tag}`;
}
