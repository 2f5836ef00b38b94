/** What liveness and readiness probe have in common: the contract gives both the same seven fields. */
import { deploymentRef } from '../../rule/object-ref.js';
import type { ProbeContract } from '../../contract/contract.js';
import type { Container, IntOrString, Probe } from '../../evidence/objects.js';
import { failUnlessEmpty, type CheckContext, type Finding, type Verdict, pass } from '../check.js';
import { changeObject, patchContainer, setValues } from '../../fixes/commands.js';
import { isAbsent, isOpen } from '../../contract/open.js';
import type { Located } from '../../computed/template-container.js';
import type { Part } from '../../rule/fix.js';

export type ProbeMessage = keyof typeof PROBE_MESSAGES;
type Kind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

export const PROBE_MESSAGES = {
  missing: 'the container has no {probe}',
  unwanted: 'the container has a {probe}, and the contract wants none',
  type: '{probe} is of type {found}',
  scheme: '{probe} asks over {found}',
  host: '{probe} asks host {found}, not the pod',
  path: '{probe} asks for path {found}',
  port: '{probe} asks port {found}',
  initialDelaySeconds: '{probe}.initialDelaySeconds is {found}',
  periodSeconds: '{probe}.periodSeconds is {found}',
  timeoutSeconds: '{probe}.timeoutSeconds is {found}',
  successThreshold: '{probe}.successThreshold is {found}',
  failureThreshold: '{probe}.failureThreshold is {found}',
};

/** What the API server puts where a field is absent (core/v1 Probe). */
const API_DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};
type NumberField = keyof typeof API_DEFAULTS;
const NUMBER_FIELDS = Object.keys(API_DEFAULTS) as NumberField[];

/** Compares a probe with the contract's, field by field, with the API's defaults applied. */
export function judgeProbe(
  located: Located,
  kind: Kind,
  { contract, target }: CheckContext,
): Verdict<ProbeMessage> {
  const expected = contract.backend[kind];
  const probe = located.container[kind];
  const findings: Finding<ProbeMessage>[] = [];
  const at = `backend.${kind}`;
  if (isOpen(contract, at)) return pass(probe ? `a ${typeOf(probe)} probe` : `no ${kind}`);
  const compare = (
    messageId: ProbeMessage,
    field: string,
    want: string | number,
    got: string | number,
    note = '',
  ) => {
    if (want === got || isOpen(contract, `${at}.${messageId}`)) return;
    const data = {
      probe: kind,
      expected: want,
      found: `${got}${note}`,
      field: `${located.path}.${kind}${field}`,
    };
    findings.push({ messageId, data, object: deploymentRef(target) });
  };

  if (isAbsent(contract, at)) {
    if (probe) compare('unwanted', '', 'none', typeOf(probe));
    return failUnlessEmpty(findings, `no ${kind}`);
  }
  if (!probe) {
    compare('missing', '', summary(expected), 'not set');
  } else {
    const http = probe.httpGet;
    if (!http || expected.type !== 'httpGet') {
      compare('type', '', expected.type, typeOf(probe));
    } else {
      compare('scheme', '.httpGet.scheme', 'HTTP', http.scheme ?? 'HTTP');
      if (http.host) compare('host', '.httpGet.host', 'not set', http.host);
      compare('path', '.httpGet.path', expected.path, http.path ?? '/');
      const port = resolvePort(http.port, located.container);
      compare('port', '.httpGet.port', expected.port, port.number ?? http.port, port.note);
    }
    for (const field of NUMBER_FIELDS) {
      const got = probe[field];
      compare(
        field,
        `.${field}`,
        expected[field],
        got ?? API_DEFAULTS[field],
        got === undefined ? ' (not set: API default)' : '',
      );
    }
  }
  return failUnlessEmpty(findings, summary(expected));
}

/** A probe's port may be the name of a port of the same container. */
function resolvePort(
  port: IntOrString,
  { ports = [] }: Container,
): { number: number | undefined; note: string } {
  if (/^\d+$/.test(String(port))) return { number: Number(port), note: '' };
  const named = ports.find(({ name }) => name === port);
  if (named) return { number: named.containerPort, note: ` (named ${port})` };
  return { number: undefined, note: ' (the container has no port of that name)' };
}

/** The kind of handler, by the field that holds it; a kind newer than this program goes by its own name. */
function typeOf(probe: Probe): string {
  const known = new Set<string>([...NUMBER_FIELDS, 'terminationGracePeriodSeconds']);
  return (
    Object.entries(probe).find(([key, value]) => value !== undefined && !known.has(key))?.[0] ?? 'no handler'
  );
}

function summary(probe: ProbeContract): string {
  const { type, path, port, initialDelaySeconds, periodSeconds, timeoutSeconds } = probe;
  const how = type === 'httpGet' ? `GET ${path} on port ${port}` : type;
  return `${how}, after ${initialDelaySeconds} s every ${periodSeconds} s, timeout ${timeoutSeconds} s`;
}

/** Sets the fields that findings name, by the chart's values where it has them; a probe that is missing, as a whole. */
export function probeFixes(context: CheckContext, kind: Kind, findings: readonly Finding[]): Part[] {
  const { path, port, ...numbers } = context.contract.backend[kind];
  const ids = findings.map(({ messageId }) => messageId as ProbeMessage);
  const isWhole = ids.length === 0 || ids.includes('missing') || ids.includes('type');
  const has = (id: ProbeMessage) => isWhole || ids.includes(id);
  const httpGet = {
    ...(has('path') && { path }),
    ...(has('port') && { port }),
    ...(ids.includes('scheme') && { scheme: 'HTTP' }),
    ...(ids.includes('host') && { host: null }),
  };
  const fields = {
    // A probe has one handler.
    ...(ids.includes('type') && { exec: null, tcpSocket: null, grpc: null }),
    ...(Object.keys(httpGet).length > 0 && { httpGet }),
    ...Object.fromEntries(
      NUMBER_FIELDS.filter((field) => has(field)).map((field) => [field, numbers[field]]),
    ),
  };
  const values = Object.entries({ path, port, ...numbers })
    // The kind of handler shows in which field it stands in; charts have no value for it.
    .filter(([field]) => field !== 'type' && has(field as ProbeMessage))
    .map(([field, value]) => `backend.${kind}.${field}=${value}`);
  const rest = patchContainer(context, { [kind]: fields });
  const isInTemplate = ids.some(
    (id) => id === 'missing' || id === 'type' || id === 'scheme' || id === 'host',
  );
  return isInTemplate ? changeObject(context, rest) : setValues(context, rest, ...values);
}
