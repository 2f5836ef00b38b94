/** Hop: has each container its image? */
import { parseImage } from '../../kube/image-reference.js';
import { patchContainer, podRef } from '../../checks/shared.js';
import type { Node, Pod } from '../../evidence/objects.js';
import type { CauseId } from '../causes/index.js';
import type { EvidenceItem, Fix } from '../diagnosis.js';
import { change, run, setValues, show } from '../fixes.js';
import { imageProblem, type ImageProblem } from '../../computed/image-problem.js';
import { looksLocal } from '../../kube/image-reference.js';
import { eventItem, eventsAbout, field } from '../seen.js';
import { rulesOf } from '../../causes/index.js';
import { findingsOf } from '../step.js';
import { defineHop, type CauseFinding, type Look } from '../tree.js';
import { answerAt, stagesOf, standingAt, type Stage } from './stage.js';
import { loadImage, minikube } from '../../rule/command.js';

type ImageLook = Look<'events' | 'nodes'>;
type ImageStage = Extract<Stage, { at: 'image' }>;

export const imageHop = defineHop({
  id: 'image',
  asks: 'Is the image on the node, or can it be pulled?',
  reads: ['pods'],
  consults: ['events', 'nodes'],
  needs: ['deployment'],
  rulesOut: ['image pull'],
  ask({ pods }, look) {
    const stages = stagesOf(pods, look);
    const findings = [
      ...findingsOf(rulesOf('image/'), { pods }, look),
      ...standingAt(stages, 'image').map((stage) => noImage(stage, pods, look)),
    ];
    return answerAt(stages, 'image', findings, (count) => `image on the node of ${count}`);
  },
});

function noImage(stage: ImageStage, pods: readonly Pod[], look: ImageLook): CauseFinding {
  const { pod, container, reason, message } = stage;
  const { context, options } = look;
  const events = look.maybe('events');
  const told = events.ok ? eventsAbout(events.value, pod.metadata, ['Failed', 'InspectFailed'], options) : [];
  // A back-off repeats no reason on older servers; the event of the attempt itself does, until it expires.
  const attempt = told.find(
    ({ message: text = '' }) => ![undefined, 'expired'].includes(imageProblem('ErrImagePull', text)),
  );
  const own = imageProblem(reason, message);
  const problem = own === 'expired' && attempt ? imageProblem('ErrImagePull', attempt.message ?? '') : own;
  const image = container.spec?.image ?? container.status.image ?? '';
  const object = podRef(context.target, pod.metadata.name);
  const evidence = [
    field(object, `${container.path}.state.waiting`, waitingWords(reason, message)),
    ...(attempt && !message.includes(reasonOf(attempt.message)) ? [eventItem(attempt, context.target)] : []),
  ];
  if (problem === undefined || problem === 'expired') return expired(pod, image, evidence, look);
  const known = knownImages(image, pods, look);
  const { cause, summary, verdict, fix, wouldConfirm } = conclude(
    problem,
    image,
    container.spec?.imagePullPolicy,
    known,
    look,
    reasonOf(own === 'expired' ? attempt?.message : waitingWords('', message)),
  );
  return {
    cause,
    verdict,
    object,
    pods: [pod.metadata.name],
    summary: `{pods}: ${summary}`,
    evidence: [...evidence, ...known.evidence],
    fix,
    ...(wouldConfirm === undefined ? {} : { wouldConfirm }),
  };
}

/** Reason and message, without the image's name in between: it is in the summary. */
function waitingWords(reason: string, message: string): string {
  const short = message.replace(/^Back-off pulling image "[^"]*": /, '');
  return short === '' ? reason : `${reason}: ${short}`;
}

/** What the event says besides the image's name. */
function reasonOf(message = ''): string {
  return message.replace(/^Failed to pull image "[^"]*": /, '');
}

interface KnownImages {
  /** The very image is on a node. */
  same: boolean;
  /** Tags of the same repository that are on a node. */
  tags: string[];
  evidence: EvidenceItem[];
}

/** What is on the nodes of the same repository: in the nodes' lists, or because a pod runs it. */
function knownImages(image: string, pods: readonly Pod[], { maybe }: ImageLook): KnownImages {
  const wanted = parseImage(image);
  if (!wanted) return { same: false, tags: [], evidence: [] };
  const nodes = maybe('nodes');
  const listed = (nodes.ok ? nodes.value : []).flatMap((node: Node) =>
    (node.status?.images ?? []).flatMap(({ names = [] }) =>
      names.map((name) => ({ name, node: node.metadata.name })),
    ),
  );
  const running = pods.flatMap(({ spec, status }) =>
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
  return {
    same: tags.includes(wanted.tag ?? ''),
    tags: tags.filter((tag) => tag !== wanted.tag),
    evidence: first
      ? [
          field(
            { kind: 'Node', name: first.node },
            'status.images',
            `has ${tags.map((tag) => `${wanted.repository}:${tag}`).join(', ')}`,
          ),
        ]
      : [],
  };
}

interface Conclusion {
  cause: CauseId;
  verdict: 'confirmed' | 'likely';
  summary: string;
  fix: Fix[];
  wouldConfirm?: string;
}

function conclude(
  problem: Exclude<ImageProblem, 'expired'>,
  image: string,
  policy: string | undefined,
  known: KnownImages,
  look: ImageLook,
  words: string,
): Conclusion {
  const { context } = look;
  const load = change('Load it into the node, into the right profile.', loadImage(context, image));
  const usePolicy = setValues(
    context,
    'Use the image that is on the node.',
    ['backend.image.pullPolicy=IfNotPresent'],
    patchContainer(context, { imagePullPolicy: 'IfNotPresent' }),
  );
  const rename = setImage(known.tags, look, policy);
  const isPull = problem === 'pull-denied' || problem === 'not-found' || problem === 'registry-unreachable';
  if (isPull && looksLocal(image)) {
    if (known.same) {
      return {
        cause: 'image/local-image-pulled',
        verdict: 'confirmed',
        summary: `image ${image} is on the node, and yet it is looked for in a registry, because the pull policy is ${policy ?? 'Always'}.`,
        fix: [usePolicy],
      };
    }
    if (known.tags.length === 0) {
      return {
        cause: 'image/local-image-pulled',
        verdict: 'likely',
        summary: `image ${image} is not on the node, and its name says that it was built on this machine: no registry has it.`,
        fix: [load, ...(policy === 'Always' ? [usePolicy] : [])],
        wouldConfirm: `${minikube(context, 'image ls')} does not list it`,
      };
    }
    if (problem !== 'registry-unreachable') {
      return {
        cause: 'image/not-found',
        verdict: 'likely',
        summary: `image ${image} is neither on the node nor in a registry; of this repository the node has ${known.tags.map((tag) => `tag ${tag}`).join(', ')}.`,
        fix: [rename, load],
        wouldConfirm: `docker image ls ${image}: was it ever built?`,
      };
    }
  }
  switch (problem) {
    case 'not-found':
      return {
        cause: 'image/not-found',
        verdict: 'confirmed',
        summary: `the registry has no image ${image}.`,
        fix: [rename],
      };
    case 'pull-denied':
      return {
        cause: 'image/pull-denied',
        verdict: 'confirmed',
        summary: `the registry refuses to give image ${image}: it is private, or it does not exist.`,
        fix: [
          run(
            context,
            'Give the pods an account that may pull it, then name it in imagePullSecrets.',
            `create secret docker-registry registry-account --docker-server=${registryOf(image)} --docker-username="\${REGISTRY_USER:?}" --docker-password="\${REGISTRY_PASSWORD:?}"`,
          ),
          rename,
        ],
      };
    case 'registry-unreachable':
      return {
        cause: 'image/registry-unreachable',
        verdict: 'confirmed',
        summary: `the node cannot reach ${registryOf(image)} to pull image ${image}, which it does not have.`,
        fix: [
          ...(looksLocal(image)
            ? [load, rename]
            : [
                change(
                  'Fix the node’s way to the registry (DNS, proxy, firewall), or load the image.',
                  loadImage(context, image),
                ),
              ]),
        ],
      };
    case 'rate-limited':
      return {
        cause: 'image/rate-limited',
        verdict: 'confirmed',
        summary: `${registryOf(image)} refuses further pulls from this address for a while.`,
        fix: [change('Load the image into the node instead.', loadImage(context, image))],
      };
    case 'wrong-architecture':
      return {
        cause: 'image/wrong-architecture',
        verdict: 'confirmed',
        summary: `image ${image} is not built for the processor of its node.`,
        fix: [
          show(context, 'See which architecture the nodes have.', 'get nodes -L kubernetes.io/arch', null),
          change('Build it for that (docker build --platform), then load it.', loadImage(context, image)),
        ],
      };
    case 'other':
      return {
        cause: 'image/pull-failed',
        verdict: 'confirmed',
        summary: `image ${image} cannot be pulled: ${words.replace(/^:\s*/, '').replace(/\.$/, '')}.`,
        fix: [load],
      };
    case 'invalid-name':
      return {
        cause: 'image/invalid-name',
        verdict: 'confirmed',
        summary: `“${image}” is not a name that an image can have: repositories are in lower case, without spaces.`,
        fix: [setImage([], look, policy)],
      };
    case 'never-pull-missing':
      return {
        cause: 'image/never-pull-missing',
        verdict: 'confirmed',
        summary: `image ${image} is not on the node, and with pull policy Never the kubelet does not look elsewhere.`,
        fix: [load, ...(known.tags.length > 0 ? [rename] : [])],
      };
  }
}

/** Back to the contract's image, or to a tag that is known to be there. */
function setImage(tags: readonly string[], { context }: ImageLook, policy: string | undefined): Fix {
  const { image, container } = context.contract.backend;
  const tag = tags.includes(image.tag) || tags[0] === undefined ? image.tag : tags[0];
  return setValues(
    context,
    `Use ${image.repository}:${tag}${tag === image.tag ? ', as the contract has it' : ', which is on the node'}.`,
    [
      `backend.image.repository=${image.repository}`,
      `backend.image.tag=${tag}`,
      // Never is set for an image that is loaded by hand.
      ...(policy === 'Never' && policy !== image.pullPolicy
        ? [`backend.image.pullPolicy=${image.pullPolicy}`]
        : []),
    ],
    `set image deployment/${context.target.names.deployment} ${container.name}=${image.repository}:${tag}`,
  );
}

function registryOf(image: string): string {
  return parseImage(image)?.repository.split('/')[0] ?? 'the registry';
}

/** The kubelet repeats only that it waits: the reason went with the events. */
function expired(pod: Pod, image: string, evidence: EvidenceItem[], { context }: ImageLook): CauseFinding {
  return {
    cause: 'evidence/unreadable',
    verdict: 'inconclusive',
    object: podRef(context.target, pod.metadata.name),
    pods: [pod.metadata.name],
    summary: `{pods}: image ${image} cannot be pulled, and why is no longer told: only “Back-off pulling image” is left.`,
    evidence,
    fix: [run(context, 'Let another pod try: its events say why.', `delete pod ${pod.metadata.name}`)],
    symptoms: ['pods/running', 'deployment/rollout-complete'],
  };
}
