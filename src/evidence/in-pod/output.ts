/** Reads what the in-pod program printed. It ran in a container that may be anyone's: nothing is taken on trust. */
import { isIP } from 'node:net';
import type { InPodFacts } from '../evidence.js';
import type { InPodTool } from './program.js';
import type { InPodLine, InPodTargets } from './targets.js';

type ProbeValue = Extract<InPodFacts['probe'], { ok: true }>['value'];

const ANSWERS = ['S', 'N', 'other', 'none', 'not-tried'] as const;

/**
 * What was measured of `targets`, in their order. A target whose line is missing, because the program was cut short,
 * is absent from the result.
 * @returns undefined when there is no line of the program's at all
 */
export function parseInPodOutput(
  stdout: string,
  tool: InPodTool,
  targets: InPodTargets,
): ProbeValue | undefined {
  const lines = stdout.split('\n').flatMap(parseLine);
  if (lines.length === 0) return undefined;
  const of = <K extends InPodLine['kind']>(kind: K) =>
    lines.filter((line): line is Extract<InPodLine, { kind: K }> => line.kind === kind);
  const value: ProbeValue = { tool, uid: of('uid')[0]?.uid, dns: [], tcp: [], tls: [] };
  const [main] = of('process');
  if (main) value.processUid = main.uid;
  const unmeasured = of('unmeasured').map(({ what, reason }) => ({ what, reason }));
  if (unmeasured.length > 0) value.unmeasured = unmeasured;
  for (const name of targets.names) {
    const line = of('dns').find((candidate) => candidate.name === name);
    if (line)
      value.dns.push({ name, addresses: line.addresses, error: line.error ?? undefined, ms: line.ms });
  }
  for (const { host, port } of targets.endpoints) {
    const isIt = (line: { host: string; port: number }) => line.host === host && line.port === port;
    const tcp = of('tcp').find(isIt);
    const tls = of('tls').find(isIt);
    if (tcp)
      value.tcp.push({
        host,
        port,
        ...(tcp.addresses && { addresses: tcp.addresses }),
        connected: tcp.connected,
        error: tcp.error ?? undefined,
        ms: tcp.ms,
      });
    if (tls) value.tls.push({ host, port, answer: tls.answer, error: tls.error ?? undefined, ms: tls.ms });
  }
  return value;
}

function parseLine(text: string): InPodLine[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return [];
  }
  return isLine(line) ? [line] : [];
}

function isLine(value: unknown): value is InPodLine {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Record<string, unknown>;
  const isError = line.error === null || typeof line.error === 'string';
  const isPlace = typeof line.host === 'string' && typeof line.port === 'number';
  switch (line.kind) {
    case 'end':
      return true;
    case 'uid':
    case 'process':
      return Number.isInteger(line.uid);
    case 'dns':
      return (
        typeof line.name === 'string' &&
        isAddressList(line.addresses) &&
        isError &&
        typeof line.ms === 'number'
      );
    case 'tcp':
      return (
        isPlace &&
        (line.addresses === undefined || isAddressList(line.addresses)) &&
        typeof line.connected === 'boolean' &&
        isError &&
        typeof line.ms === 'number'
      );
    case 'tls':
      return (
        isPlace && ANSWERS.some((answer) => answer === line.answer) && isError && typeof line.ms === 'number'
      );
    case 'unmeasured':
      return (line.what === 'dns' || line.what === 'tcp') && typeof line.reason === 'string';
    default:
      return false;
  }
}

function isAddressList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && isIP(item) !== 0);
}
