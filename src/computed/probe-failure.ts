/** What the kubelet says of a probe that failed: the event `Unhealthy`. */

export interface ProbeFailure {
  probe: 'liveness' | 'readiness' | 'startup';
  kind: 'status' | 'refused' | 'timeout' | 'other';
  /** HTTP status, for `status`. */
  status: number | undefined;
  /** It was asked over TLS: by its scheme, or because a redirect led there. */
  overTls: boolean;
}

const LONGEST = 1000;

/** By the kubelet's words (pkg/kubelet/prober, pkg/probe/http), and Go's for a connection. */
export function parseProbeFailure(message: string): ProbeFailure | undefined {
  const text = message.slice(0, LONGEST);
  const head = /^(Liveness|Readiness|Startup) probe (?:failed|errored)/.exec(text);
  if (!head?.[1]) return undefined;
  const probe = head[1].toLowerCase() as ProbeFailure['probe'];
  const status = /HTTP probe failed with statuscode: (\d{3})/.exec(text)?.[1];
  const overTls = /\bGet "https:/.test(text);
  if (status !== undefined) return { probe, kind: 'status', status: Number(status), overTls };
  const kind = text.includes('connection refused')
    ? 'refused'
    : /context deadline exceeded|Client\.Timeout|i\/o timeout|timeout:|timed out/.test(text)
      ? 'timeout'
      : 'other';
  return { probe, kind, status: undefined, overTls };
}
