/** What the kubelet and the container runtime say of an image that they could not get. */
import { parseImage } from '../../kube/image-reference.js';

export type ImageProblem =
  | 'not-found'
  | 'pull-denied'
  | 'registry-unreachable'
  | 'rate-limited'
  | 'invalid-name'
  | 'never-pull-missing'
  | 'wrong-architecture'
  /** For a reason that is told, in words that are not known here. */
  | 'other'
  /** Only `Back-off pulling image` is left: the reason itself is no longer told. */
  | 'expired';

/** In this order: a message about a proxy or a resolver may also say "not found". */
const KINDS: readonly [pattern: RegExp, problem: ImageProblem][] = [
  [/no match for platform|no matching manifest for |exec format error/i, 'wrong-architecture'],
  [/ErrImageNeverPull|is not present with pull policy of Never/i, 'never-pull-missing'],
  [/InvalidImageName|invalid reference format|couldn't parse image/i, 'invalid-name'],
  [/toomanyrequests|too many requests|pull rate limit/i, 'rate-limited'],
  [
    /no such host|i\/o timeout|connection refused|network is unreachable|TLS handshake timeout|context deadline exceeded|Client\.Timeout|server misbehaving|x509:|connection reset/i,
    'registry-unreachable',
  ],
  [
    /pull access denied|insufficient_scope|authorization failed|denied|unauthorized|403 Forbidden|401 Unauthorized/i,
    'pull-denied',
  ],
  [/not found|manifest unknown|name unknown|NotFound/i, 'not-found'],
];

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
  if (reason !== 'ErrImagePull' && reason !== 'ImagePullBackOff' && reason !== 'ImageInspectError')
    return undefined;
  // The image's own name is part of the message, and may hold any of the words.
  const said = text.replace(/"[^"]*"/g, '""');
  const known = KINDS.find(([pattern]) => pattern.test(said))?.[1];
  return known ?? (/^(?:Back-off pulling image ""|)[.\s]*$/.test(said) ? 'expired' : 'other');
}

/** Where Docker Hub keeps its official images: what a name without registry and user stands for. */
const OFFICIAL = 'docker.io/library/';

/** A name that is given to images built on the spot: without registry and user (contract: Image Configuration). */
export function looksLocal(image: string): boolean {
  return parseImage(image)?.repository.startsWith(OFFICIAL) === true;
}
