/** Image references (grammar: the OCI distribution project's `reference` package, as the kubelet applies it). */

export interface ImageReference {
  /** Normalised: with registry, and with Docker Hub's `library/` where it is implied. */
  repository: string;
  /** Undefined only beside a digest: without both the API means `latest`. */
  tag: string | undefined;
  digest: string | undefined;
}

const GRAMMAR =
  /^(?<repository>[^@]+?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$/;
const REPOSITORY = /^[a-zA-Z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)+$/;

/** The parts of an image reference; undefined when it is none. */
export function parseImage(text: string): ImageReference | undefined {
  const groups = GRAMMAR.exec(text)?.groups;
  if (!groups?.repository) return undefined;
  const repository = normaliseRepository(groups.repository);
  if (!REPOSITORY.test(repository)) return undefined;
  const { tag, digest } = groups;
  return { repository, tag: tag ?? (digest ? undefined : 'latest'), digest };
}

/** `app` becomes `docker.io/library/app`: what stands before the first slash is a registry only if it looks like one. */
export function normaliseRepository(repository: string): string {
  const slash = repository.indexOf('/');
  const first = slash < 0 ? '' : repository.slice(0, slash);
  if (/^(index\.)?docker\.io$/.test(first)) return `docker.io${withLibrary(repository.slice(slash))}`;
  if (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()) return repository;
  return `docker.io${withLibrary(`/${repository}`)}`;
}

function withLibrary(path: string): string {
  return !path.includes('/', 1) ? `/library${path}` : path;
}

/** Where Docker Hub keeps its official images: what a name without registry and user stands for. */
const OFFICIAL = 'docker.io/library/';

/** A name that is given to images built on the spot: without registry and user (contract: Image Configuration). */
export function looksLocal(image: string): boolean {
  return parseImage(image)?.repository.startsWith(OFFICIAL) === true;
}
