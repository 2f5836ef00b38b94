/** What all causes of an image that a pod cannot get have in common. */
import { patchContainer } from '../../fixes/commands.js';
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { Fix } from '../../rule/diagnosis.js';
import { change, setValues } from '../../fixes/described.js';
import { pullsOf, type Pull, type PullLook } from '../../computed/pulls.js';
import type { Pod } from '../../evidence/objects.js';
import { parseImage } from '../../kube/image-reference.js';
import { cause, type Told } from '../../rule/cause.js';
import { loadImage } from '../../rule/command.js';
import { NOT_RUNNING } from '../not-running.js';

export const PULL_CONSULTS = ['events', 'nodes', 'pods'] as const;

/** What is said of an image that cannot be had. */
export interface OfPull {
  /** One sentence, to go on `Pod x: ` with. */
  what: (pull: Pull) => string;
  fix: (pull: Pull, look: PullLook) => Fix[];
  /** For what is likely. */
  wouldConfirm?: (pull: Pull, look: PullLook) => string;
}

interface PullCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'>, OfPull {
  /** What follows besides pods that do not run; the check of the image, unless said otherwise. */
  explains?: readonly string[];
}

/** A cause that the node's words on a pull show: the meaning of those words is its name. */
export function pullCause<const Id extends `image/${Pull['means']}`>({
  what,
  fix,
  wouldConfirm,
  explains = ['deployment/image'],
  ...data
}: PullCause<Id>) {
  const said = { what, fix, ...(wouldConfirm && { wouldConfirm }) };
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: [...explains, ...NOT_RUNNING],
    reads: ['pods'],
    consults: PULL_CONSULTS,
    judge: ({ pods }, look) => toldOfPulls(data.id, said, pods, look),
  });
}

export function toldOfPulls(
  id: `image/${Pull['means']}`,
  { what, fix, wouldConfirm }: OfPull,
  pods: readonly Pod[],
  look: PullLook,
): Told[] {
  return pullsOf(pods, look)
    .filter(({ means }) => `image/${means}` === id)
    .map((pull): Told => {
      const { pod, verdict, evidence } = pull;
      const { name } = pod.metadata;
      return {
        verdict,
        object: podRef(look.context.target, name),
        pods: [name],
        summary: `{pods}: ${what(pull)}`,
        evidence,
        fix: fix(pull, look),
        ...(verdict === 'likely' && wouldConfirm && { wouldConfirm: wouldConfirm(pull, look) }),
      };
    });
}

export function registryOf(image: string): string {
  return parseImage(image)?.repository.split('/')[0] ?? 'the registry';
}

export function load(
  { image }: Pull,
  { context }: PullLook,
  description = 'Load it into the node, into the right profile.',
): Fix {
  return change(description, loadImage(context, image));
}

/** The reason alone, without the steps of the runtime that led to it, each of which repeats the image's name. */
export function lastWords(words: string): string {
  const steps =
    /^(?::\s*|ErrImagePull:? |(?:rpc error: code = \w+ desc = )|(?:failed to (?:pull and unpack image|resolve reference|do request|pull image)|Head|Get)(?: "[^"]*")?:? )+/;
  return words.replace(steps, '').replace(/[.]?\s*$/, '') || 'the node does not say why';
}

/** Back to the contract's image, where the pod asks for another one and the node has the contract's. */
export function toContracts(pull: Pull, look: PullLook): Fix[] {
  const { image } = look.context.contract.backend;
  const wanted = `${image.repository}:${image.tag}`;
  const nodes = look.maybe('nodes');
  const isThere = (nodes.ok ? nodes.value : []).some(({ status }) =>
    (status?.images ?? []).some(({ names }) =>
      (names ?? []).some((name) => {
        const each = parseImage(name);
        const contracts = parseImage(wanted);
        return each?.repository === contracts?.repository && each?.tag === contracts?.tag;
      }),
    ),
  );
  return pull.image !== wanted && isThere ? [rename(pull, look)] : [];
}

/** The node's own image is used where the pull policy allows it. */
export function usePolicy({ context }: PullLook): Fix {
  return setValues(
    context,
    'Use the image that is on the node.',
    ['backend.image.pullPolicy=IfNotPresent'],
    patchContainer(context, { imagePullPolicy: 'IfNotPresent' }),
  );
}

/** Back to the contract's image, or to a tag that is known to be there. */
export function rename({ policy, tags }: Pull, { context }: PullLook): Fix {
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
