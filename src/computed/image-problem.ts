/** What the kubelet and the container runtime say of an image that they could not get. */
import { IMAGE_REASONS } from '../kube/pod-containers.js';
import { PULL_ERRORS, type PullMeaning } from '../vocabulary/image-pull.js';

export type ImageProblem =
  | PullMeaning
  /** For a reason that is told, in words that are not known here. */
  | 'other'
  /** Only `Back-off pulling image` is left: the reason itself is no longer told. */
  | 'expired';

/** Characters of a message that are looked at. */
const LONGEST = 4000;

/**
 * @param reason the container's waiting reason
 * @param message its message, or that of an event `Failed`
 * @returns undefined where neither says anything of an image
 */
export function imageProblem(reason: string, message: string): ImageProblem | undefined {
  const text = message.slice(0, LONGEST);
  if (reason === 'ErrImageNeverPull') return 'never-pull-missing';
  if (reason === 'InvalidImageName') return 'invalid-name';
  if (reason === 'RegistryUnavailable') return 'registry-unreachable';
  if (!IMAGE_REASONS.includes(reason)) return undefined;
  // The image's own name is part of the message, and may hold any of the words.
  const said = text.replace(/"[^"]*"/g, '""');
  const known = PULL_ERRORS.find(({ says }) => says.test(said))?.means;
  return known ?? (/^(?:Back-off pulling image ""|)[.\s]*$/.test(said) ? 'expired' : 'other');
}
