/**
 * Every way in which a call can fail, in words: what was asked of which server, what went wrong, what to do.
 * Bodies that are not the API's own Status are never quoted.
 */
import type { Access, Why } from '../evidence.js';
import type { Call } from './api-path.js';
import { Stopped } from './bounded.js';
import { KubeconfigError, KubernetesError } from './client.js';
import { ProxyError } from './dial.js';
import { isFields, type Fields } from './kubeconfig-file.js';
import { asText, duration, plainLine } from './text.js';

/** Whose failure is to be told. */
interface Place {
  /** URL of the API server, without credentials. */
  server: string;
  context: string;
  /** Host name of the server. */
  host: string;
}

/** How far a call had come. */
export interface Progress {
  phase: 'connecting' | 'waiting' | 'reading';
  received: number;
}

export class Failures {
  constructor(private readonly place: Place) {}

  /** A failure of this call, with server and context. */
  of(call: Call, why: Why, cause: string, status?: number, access?: Access): KubernetesError {
    const { server, context } = this.place;
    return new KubernetesError(
      why,
      `Cannot ${call.action}: ${cause} (${server}, context "${context}").`,
      status,
      access,
    );
  }

  /** Anything that was thrown on the way to an answer. Errors that have their words already pass through. */
  thrown(call: Call, error: unknown, progress: Progress, boundMs: number): Error {
    if (error instanceof KubernetesError || error instanceof KubeconfigError) return error;
    if (error instanceof Stopped) return this.#stopped(call, error, progress, boundMs);
    if (error instanceof ProxyError) return this.of(call, 'unreachable', error.message);
    return this.of(call, 'unreachable', networkCause(error as NodeJS.ErrnoException, this.place));
  }

  /** An answer with a status that is not a success. */
  status(
    call: Call,
    status: number,
    headers: Record<string, string>,
    body: Buffer,
    refusal: () => string,
  ): KubernetesError {
    const words = statusOf(body);
    const said = serverWords(words);
    if (status === 401) return this.of(call, 'unauthorized', `HTTP 401, ${refusal()}`, status);
    if (status === 403 && words !== undefined) {
      const access = accessFrom(words, call.access);
      return this.of(call, 'forbidden', `it is forbidden${said}${unnamed(words, access)}`, status, access);
    }
    if (status >= 300 && status < 400) {
      const target = origin(headers.location);
      return this.of(
        call,
        'failed',
        `the server redirects${target} (HTTP ${status}), which is not followed`,
        status,
      );
    }
    if (words === undefined && isHtml(headers, body)) return this.html(call, status);
    if (
      status === 400 &&
      body.subarray(0, 200).toString('latin1').includes('HTTP request to an HTTPS server')
    ) {
      return this.of(call, 'unreachable', 'the server speaks https, but the kubeconfig says http', status);
    }
    const why = STATUS_WHY[status] ?? 'failed';
    return this.of(call, why, `HTTP ${status}${said === '' ? (STATUS_WORDS[status] ?? '') : said}`, status);
  }

  /** Something that is not the API server answered. */
  html(call: Call, status: number): KubernetesError {
    return this.of(
      call,
      'failed',
      `the answer (HTTP ${status}) is HTML instead of JSON: a login page or a proxy is at this address, not an API server`,
      status,
    );
  }

  #stopped(call: Call, stopped: Stopped, progress: Progress, boundMs: number): KubernetesError {
    if (stopped.by === 'caller') {
      // A caller's signal that ran out of time is a time-out; any other reason is a wish of the user.
      const timeUp = (stopped.reason as Partial<Error> | undefined)?.name === 'TimeoutError';
      return this.of(
        call,
        timeUp ? 'timeout' : 'not-collected',
        'it was stopped before the answer was complete',
      );
    }
    const within = `within ${duration(boundMs)}`;
    const cause = {
      connecting: `no connection ${within}; the server does not answer, or a firewall drops the packets`,
      waiting: `the server accepts connections, but did not answer ${within}`,
      reading: `the answer was not complete ${within} (${progress.received} bytes came)`,
    }[progress.phase];
    return this.of(call, 'timeout', cause);
  }
}

const STATUS_WHY: Record<number, Why> = {
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  408: 'timeout',
  504: 'timeout',
};

const STATUS_WORDS: Record<number, string> = {
  403: ' (forbidden, but not by Kubernetes itself: a proxy in between?)',
  404: ' (not found: the server does not have this API or object)',
  405: ' (the server does not offer this)',
  410: ' (the list was changed while it was read)',
  429: ' (too many requests)',
  500: ' (internal error of the server)',
  502: ' (bad gateway)',
  503: ' (service unavailable)',
  504: ' (the server itself ran out of time)',
};

/** The body as the API's `Status` object (meta/v1); undefined when it is none. */
export function statusOf(body: Buffer): Fields | undefined {
  if (body.length > 1 << 20) return undefined;
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    return isFields(value) && value.kind === 'Status' && value.apiVersion === 'v1' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `: the API server says “…”`, or nothing. */
function serverWords(status: Fields | undefined): string {
  const message = plainLine(asText(status?.message));
  return message === '' ? '' : `: ${message.replace(/[:\s]+$/, '')}`;
}

const REFUSED_VERB = /cannot ([a-z]+) resource "([^"]+)" in API group "([^"]*)"/;

/** The permission that the server itself says is missing, which for exec depends on its version. */
function accessFrom(status: Fields, asked: Access): Access {
  const [, verb, resource, group] = REFUSED_VERB.exec(asText(status.message)) ?? [];
  if (verb === undefined || resource === undefined || group === undefined) return asked;
  return { ...asked, verb, resource, group };
}

/** The verb and resource, where the server does not name them: Kubernetes 1.35 does not for `create` on `pods/exec`. */
function unnamed(status: Fields, { verb, group, resource }: Access): string {
  if (REFUSED_VERB.test(asText(status.message))) return '';
  return `; it takes permission to ${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

export function isHtml(headers: Record<string, string>, body: Buffer): boolean {
  return (
    (headers['content-type'] ?? '').includes('html') ||
    /^\s*<(!doctype|html)/i.test(body.subarray(0, 200).toString('latin1'))
  );
}

/** Only where a redirect leads to, because its query may carry a ticket. */
function origin(location: string | undefined): string {
  return location !== undefined && URL.canParse(location)
    ? ` to ${plainLine(new URL(location).origin, 120)}`
    : '';
}

const CA_HINT = 'check certificate-authority in the kubeconfig; the cluster may have been created again';

type TlsError = NodeJS.ErrnoException & { cert?: { subjectaltname?: string } };

function networkCause(error: TlsError, { host }: Place): string {
  const code = error.code ?? '';
  const known = TLS_CAUSES[code]?.(error, host) ?? NETWORK_CAUSES[code]?.(host);
  if (known !== undefined) return known;
  if (/^ERR_SSL_.*(ALERT|CERTIFICATE)/.test(code)) {
    return `the server refuses the client certificate (${code}); it may be expired or of another cluster`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return `no TLS is spoken at this address (${code}); is the server an http one, or the port another program's?`;
  }
  // Never the error's message: it could quote anything that was sent.
  return `the connection failed (${code === '' ? error.name : code})`;
}

const OWN_LIMIT = 'todo-k8s has as many files open as it may; raise the limit (ulimit -n)';

const NETWORK_CAUSES: Record<string, (host: string) => string> = {
  ECONNREFUSED: () =>
    'the server refuses connections; is the cluster running ("minikube status"), and the context right?',
  ENOTFOUND: (host) => `the host name ${host} does not exist in DNS`,
  EAI_AGAIN: (host) => `the host name ${host} cannot be looked up: DNS does not answer`,
  EHOSTUNREACH: () => 'there is no route to the server (VPN?)',
  ENETUNREACH: () => 'there is no route to the server (VPN?)',
  ETIMEDOUT: () => 'the server does not answer; a firewall may drop the packets',
  EMFILE: () => OWN_LIMIT,
  ENFILE: () => OWN_LIMIT,
  ECONNRESET: () => 'the connection was reset before the answer was complete',
  EPIPE: () => 'the connection was reset before the answer was complete',
  ERR_STREAM_PREMATURE_CLOSE: () => 'the connection was reset before the answer was complete',
  ERR_HTTP2_STREAM_CANCEL: () => 'the connection was reset before the answer was complete',
  ERR_HTTP2_STREAM_ERROR: () => 'the server ended the answer before it was complete',
  HPE_INVALID_CONSTANT: () => 'the answer is not HTTP; another program may be at this address',
};

const TLS_CAUSES: Record<string, (error: TlsError, host: string) => string> = {
  CERT_HAS_EXPIRED: () =>
    'the TLS certificate of the server (or of its CA) has expired; renew it, or check this machine’s clock',
  CERT_NOT_YET_VALID: () => 'the TLS certificate of the server is not valid yet; check this machine’s clock',
  DEPTH_ZERO_SELF_SIGNED_CERT: () =>
    `the TLS certificate of the server is self-signed and not trusted; ${CA_HINT}`,
  SELF_SIGNED_CERT_IN_CHAIN: () => `the TLS certificate of the server is of an unknown CA; ${CA_HINT}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => `the TLS certificate of the server is of an unknown CA; ${CA_HINT}`,
  UNABLE_TO_GET_ISSUER_CERT: () => `the TLS certificate of the server is of an unknown CA; ${CA_HINT}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () =>
    `the TLS certificate of the server is of an unknown CA; ${CA_HINT}`,
  CERT_SIGNATURE_FAILURE: () =>
    `the TLS certificate of the server is of another CA of the same name; ${CA_HINT}`,
  ERR_TLS_CERT_ALTNAME_INVALID: (error, host) => {
    const names = plainLine(error.cert?.subjectaltname ?? 'none', 120);
    return `the TLS certificate of the server is not for ${host} but for ${names}; use one of these names, or set tls-server-name`;
  },
};
