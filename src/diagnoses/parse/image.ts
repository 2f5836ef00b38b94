/** What the kubelet and the container runtime say of an image that they could not get. */

export type ImageProblem =
  | 'not-found'
  | 'pull-denied'
  | 'registry-unreachable'
  | 'rate-limited'
  | 'invalid-name'
  | 'never-pull-missing'
  /** Only `Back-off pulling image` is left: the reason itself is no longer told. */
  | 'expired';

/** In this order: a message about a proxy or a resolver may also say "not found". */
const KINDS: readonly [pattern: RegExp, problem: ImageProblem][] = [
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
  return KINDS.find(([pattern]) => pattern.test(said))?.[1] ?? 'expired';
}

export interface ImageName {
  /** Registry host, where the name has one. */
  registry: string | undefined;
  /** Without registry, tag and digest. */
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

/** An image's name taken apart (distribution/reference: the first part is a host when it has a dot, a colon, or is localhost). */
export function parseImageName(image: string): ImageName {
  const [name = '', digest] = image.split('@', 2);
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const hasHost = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  const rest = hasHost ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  return {
    registry: hasHost ? first : undefined,
    repository: tagged ? rest.slice(0, colon) : rest,
    tag: tagged ? rest.slice(colon + 1) : undefined,
    digest,
  };
}

/** A name that is only ever given to images that are built on the spot: no registry, no user (contract: Image Configuration). */
export function looksLocal({ registry, repository }: ImageName): boolean {
  return (
    (registry === undefined || registry === 'docker.io') &&
    !repository.replace(/^library\//, '').includes('/')
  );
}

/** The same repository under its short and its full name. */
export function repositoryOf(image: string): string {
  const { registry, repository } = parseImageName(image);
  const short = repository.replace(/^library\//, '');
  return registry === undefined || registry === 'docker.io' ? short : `${registry}/${short}`;
}
