/** Images that pods cannot get: what their nodes say of it, what it means, and what the nodes have instead. */
import { podRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { eventItem, field } from '../rule/seen.js';
import { eventsAbout } from './events-of.js';
import type { Look } from '../rule/look.js';
import { imageProblem, type ImageProblem } from './image-problem.js';
import { memoisedBy } from './memo.js';
import type { KubernetesEvent, Node, Pod } from '../evidence/objects.js';
import { looksLocal, parseImage } from '../kube/image-reference.js';
import { stagesOf, standingAt, type Stage } from './pod-stage.js';

export type PullLook = Look<'events' | 'nodes' | 'pods'>;

export interface Pull {
  pod: Pod;
  /** As the pod's spec has it. */
  image: string;
  policy: string | undefined;
  /** `local-image-pulled`: it was built on this machine, and no registry has it. `expired`: why is no longer told. */
  means: Exclude<ImageProblem, 'other'> | 'local-image-pulled' | 'pull-failed';
  verdict: 'confirmed' | 'likely';
  /** The very image is on the node. */
  isOnNode: boolean;
  /** Other tags of its repository that are on a node. */
  tags: readonly string[];
  /** What is said of it, without the image's name; empty where nothing is. */
  words: string;
  evidence: EvidenceItem[];
}

/** One for each pod that waits for an image of its application. */
export const pullsOf = memoisedBy((pods: readonly Pod[], look: PullLook): Pull[] =>
  standingAt(stagesOf(pods, look), 'image').map((stage) => pullOf(stage, look)),
);

function pullOf({ pod, container, reason, message }: Extract<Stage, { at: 'image' }>, look: PullLook): Pull {
  const { context, options } = look;
  const events = look.maybe('events');
  const told = events.ok ? eventsAbout(events.value, pod.metadata, ['Failed', 'InspectFailed'], options) : [];
  // A back-off repeats no reason on older servers; the event of the attempt itself does, until it expires.
  const attempt = told.find((each) => ![undefined, 'expired'].includes(problemOf(each)));
  const own = imageProblem(reason, message);
  const problem = (own === 'expired' && attempt ? problemOf(attempt) : own) ?? 'expired';
  const image = container.spec?.image ?? container.status.image ?? '';
  const policy = container.spec?.imagePullPolicy;
  const seen = problem === 'expired' ? NOTHING : knownImages(image, look);
  // With IfNotPresent nobody is asked for what the pod's own node has: it is another node that has it.
  const known = { ...seen, same: seen.same && policy !== 'IfNotPresent' };
  const path = `${container.path}.state.waiting`;
  return {
    pod,
    image,
    policy,
    ...meaningOf(problem, image, known),
    isOnNode: known.same,
    tags: known.tags,
    words: withoutName(own === 'expired' ? attempt?.message : waitingWords('', message)),
    evidence: [
      field(podRef(context.target, pod.metadata.name), path, waitingWords(reason, message)),
      ...(attempt && !message.includes(withoutName(attempt.message))
        ? [eventItem(attempt, context.target)]
        : []),
      ...known.evidence,
    ],
  };
}

function problemOf({ message = '' }: KubernetesEvent): ImageProblem | undefined {
  return imageProblem('ErrImagePull', message);
}

/** What a registry says of an image without registry and user is no news: nobody has put it there. */
function meaningOf(
  problem: ImageProblem,
  image: string,
  known: KnownImages,
): Pick<Pull, 'means' | 'verdict'> {
  const isAsked = ['pull-denied', 'not-found', 'registry-unreachable'].includes(problem);
  if (isAsked && looksLocal(image)) {
    if (known.same) return { means: 'local-image-pulled', verdict: 'confirmed' };
    if (known.tags.length === 0) return { means: 'local-image-pulled', verdict: 'likely' };
    if (problem !== 'registry-unreachable') return { means: 'not-found', verdict: 'likely' };
  }
  return { means: problem === 'other' ? 'pull-failed' : problem, verdict: 'confirmed' };
}

/** Reason and message, without the image's name in between: it is in the summary. */
function waitingWords(reason: string, message: string): string {
  const short = message.replace(/^Back-off pulling image "[^"]*": /, '');
  return short === '' ? reason : `${reason}: ${short}`;
}

/** What an event says besides the image's name. */
function withoutName(message = ''): string {
  return message.replace(/^Failed to pull image "[^"]*": /, '');
}

interface KnownImages {
  same: boolean;
  tags: readonly string[];
  evidence: readonly EvidenceItem[];
}

const NOTHING: KnownImages = { same: false, tags: [], evidence: [] };

/** What is on the nodes of the same repository: in the nodes' lists, or because a pod runs it. */
function knownImages(image: string, { maybe }: PullLook): KnownImages {
  const wanted = parseImage(image);
  if (!wanted) return NOTHING;
  const nodes = maybe('nodes');
  const listed = (nodes.ok ? nodes.value : []).flatMap((node: Node) =>
    (node.status?.images ?? []).flatMap(({ names = [] }) =>
      names.map((name) => ({ name, node: node.metadata.name })),
    ),
  );
  const pods = maybe('pods');
  const running = (pods.ok ? pods.value : []).flatMap(({ spec, status }) =>
    (status?.containerStatuses ?? []).flatMap(({ image: name, imageID, state }) =>
      name && imageID && state?.running ? [{ name, node: spec.nodeName ?? '' }] : [],
    ),
  );
  const found = [...listed, ...running].flatMap(({ name, node }) => {
    const each = parseImage(name);
    return each?.repository === wanted.repository && each.tag !== undefined ? [{ tag: each.tag, node }] : [];
  });
  const tags = [...new Set(found.map(({ tag }) => tag))].sort();
  const [first] = found;
  if (first === undefined) return NOTHING;
  const words = `has ${tags.map((tag) => `${wanted.repository}:${tag}`).join(', ')}`;
  return {
    same: tags.includes(wanted.tag ?? ''),
    tags: tags.filter((tag) => tag !== wanted.tag),
    evidence: [field({ kind: 'Node', name: first.node }, 'status.images', words)],
  };
}
