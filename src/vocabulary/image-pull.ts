/**
 * Why a node has no image, in the words of the kubelet, of container runtimes and of registries: what stands in a container's
 * waiting message and in the event Failed. The first row that fits is what it means: a message about a proxy or a resolver may
 * also say "not found", and one of a missing platform always does.
 */
import type { Words } from './vocabulary.js';

export type PullMeaning =
  | 'not-found'
  | 'pull-denied'
  | 'registry-unreachable'
  | 'rate-limited'
  | 'invalid-name'
  | 'never-pull-missing'
  | 'wrong-architecture';

/** With the image's own name left out, which may hold any of the words. */
export const PULL_ERRORS: readonly Words<PullMeaning>[] = [
  {
    says: /no match for platform|no matching manifest for /i,
    by: 'containerd, Docker',
    means: 'wrong-architecture',
    example:
      'rpc error: code = NotFound desc = failed to pull and unpack image "": no match for platform in manifest: not found',
  },
  {
    says: /no image found in (?:image index|manifest list) for architecture/i,
    by: 'CRI-O, Podman',
    means: 'wrong-architecture',
    example:
      'choosing image instance: no image found in image index for architecture "arm64", variant "v8", OS "linux"',
  },
  {
    says: /exec format error/i,
    by: 'runc',
    means: 'wrong-architecture',
    example: 'exec /usr/local/bin/python3: exec format error',
  },
  {
    says: /ErrImageNeverPull|is not present with pull policy of Never/i,
    by: 'kubelet',
    means: 'never-pull-missing',
    example: 'Container image "" is not present with pull policy of Never',
  },
  {
    says: /InvalidImageName|invalid reference format|couldn't parse image/i,
    by: 'kubelet',
    means: 'invalid-name',
    example: 'Failed to apply default image tag "": couldn\'t parse image name "": invalid reference format',
  },
  {
    says: /toomanyrequests|too many requests|pull rate limit/i,
    by: 'Docker Hub',
    means: 'rate-limited',
    example:
      'unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
  },
  {
    says: /no such host|server misbehaving/i,
    by: 'Go’s resolver',
    means: 'registry-unreachable',
    example: 'dial tcp: lookup registry.internal on 10.0.0.2:53: no such host',
  },
  {
    says: /Temporary failure in name resolution|lookup \S{1,253}: Try again/i,
    by: 'the C library’s resolver',
    means: 'registry-unreachable',
    example:
      'failed to do request: Head "": dial tcp: lookup registry.internal: Temporary failure in name resolution',
  },
  {
    says: /i\/o timeout|connection refused|no route to host|network is unreachable|TLS handshake timeout|connection reset/i,
    by: 'Go’s network',
    means: 'registry-unreachable',
    example: 'failed to do request: Head "": dial tcp 10.96.0.9:5000: connect: connection refused',
  },
  {
    says: /context deadline exceeded|Client\.Timeout/i,
    by: 'Go’s HTTP client',
    means: 'registry-unreachable',
    example:
      'Error response from daemon: Get "": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  },
  {
    says: /: (?:unexpected )?EOF\b/,
    by: 'Go’s network: who answered has closed the connection',
    means: 'registry-unreachable',
    example: 'failed to resolve reference "": failed to do request: Head "": EOF',
  },
  {
    says: /unexpected media type text\/html/i,
    by: 'containerd: a proxy or a login page answers in place of the registry',
    means: 'registry-unreachable',
    example: 'failed to pull and unpack image "": unexpected media type text/html for sha256:0c1f: not found',
  },
  {
    says: /x509:/i,
    by: 'Go’s TLS',
    means: 'registry-unreachable',
    example:
      'failed to do request: Head "": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  },
  {
    says: /pull access denied|insufficient_scope|authorization failed|denied/i,
    by: 'containerd, Docker, registries',
    means: 'pull-denied',
    example:
      'failed to resolve reference "": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  },
  {
    says: /unauthorized|403 Forbidden|401 Unauthorized|no basic auth credentials|authentication required/i,
    by: 'registries',
    means: 'pull-denied',
    example: 'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
  },
  {
    // A layer that the node's own store has lost is there in the registry.
    says: /^(?![^]{0,2000}content digest \S{1,80}: not found)[^]{0,2000}?(?:not found|manifest unknown|name unknown|NotFound)/i,
    by: 'containerd, Docker, registries',
    means: 'not-found',
    example: 'Error response from daemon: manifest for  not found: manifest unknown: manifest unknown',
  },
];
