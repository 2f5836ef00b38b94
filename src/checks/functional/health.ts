import { serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { defineCheck, unknown, type Finding, skip } from '../check.js';
import { isAbsent } from '../../contract/open.js';
import type { Deployment } from '../../evidence/objects.js';
import { failOrWarn, failWith } from '../shared.js';
import {
  asProven,
  noResponse,
  OUTCOME_MESSAGES,
  UNANSWERED_PASSES,
  REDIRECT_MESSAGES,
  responseData,
  showLogs,
  unexpectedRedirect,
  unreached,
} from './_http.js';
import { readHealth, type HealthReading } from '../../computed/health-reading.js';

type BodyMessage = 'unhealthy' | 'database' | 'error-told' | 'warning-told';

const MESSAGES = {
  ...OUTCOME_MESSAGES,
  ...REDIRECT_MESSAGES,
  'other-program': 'what answers at {url} is not this backend: {detail}',
  'needs-login': '{url} answers {status}: it demands a login, which a probe does not have',
  'probes-elsewhere':
    '{url} answers {status}, and the probes ask {path}: say --set http.healthPath={path} if that is the health endpoint',
  'not-found':
    '{url} answers 404: the application does not have this path, or it is served under another root path',
  'server-error': '{url} answers {status}{says}',
  status: '{url} answers {status}',
  'too-big': '{url} answers with more than can be read in one go; a health response should be lightweight',
  'content-type': '{url} answers with content type {found}',
  'invalid-json': '{url} answers with a body that is not JSON: {detail}',
  'no-status': '{url} answers with JSON that has no health status',
  unhealthy: '{url} answers 200, but its status is "{found}"',
  database: '{url} answers 200, but says of the database: "{found}"',
  'error-told': '{url} answers 200, but tells an error: "{found}"',
  'warning-told': '{url} answers 200, and warns: "{found}"',
};

/** Answers of a path that is not the health endpoint; where every other path wants a token, 401 is one of them. */
const NOT_HERE: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);

export default defineCheck({
  meta: {
    id: 'functional/health',
    title: 'Health endpoint says that the backend is healthy',
    failureTitle: 'Health endpoint does not say that the backend is healthy',
    why: 'both probes ask it: without a healthy answer pods are taken from the Service and restarted',
    remedy: (context) => [look(showLogs(context))],
    severity: 'error',
    reads: ['route', 'health'],
    // Of the Deployment only a 404 wants to know, which is one without it, too.
    consults: ['deployment'],
    needs: ['service/ports', 'service/selector-matches', 'pods/ready'],
    judgedAnyway: ({ route }) => route.via !== 'none',
    // Another port than the contract's may lead to it: what answers can be judged.
    despite: { needs: ['service/ports'], when: ({ route }) => route.via !== 'none' },
    messages: MESSAGES,
    passing: UNANSWERED_PASSES,
    contractSection: 'Functional Verification; Health Checks: Health Endpoint Requirements',
  },
  evaluate({ route, health }, context, consulted) {
    if (isAbsent(context.contract, 'http.healthPath')) return skip('the contract knows no health endpoint');
    const object = serviceRef(context.target);
    const expected = 'HTTP 200 with a JSON health status';
    // Another way was asked for: no other check says that it leads elsewhere.
    if (route.via === 'url' && route.proof?.state === 'refused') {
      const { baseUrl: url, proof } = route;
      return failWith(
        'other-program',
        { url, detail: proof.says, expected: 'this backend', found: 'something else' },
        object,
      );
    }
    const missed =
      unreached(route) ??
      noResponse(health, expected, context) ??
      unexpectedRedirect(health, expected, context);
    if (missed) return missed;

    const { status = 0, contentType = 'none', json } = health;
    const reading = readHealth(json);
    const data = (found: string, more = {}) => ({ ...responseData(health, expected, found), ...more });
    if (NOT_HERE.has(status)) {
      if (consulted === undefined) return unknown(`HTTP ${status}; the probes may ask another path`);
      const path = probedPath(consulted.deployment);
      if (path !== undefined && path !== context.contract.http.healthPath)
        return failWith('probes-elsewhere', data(`HTTP ${status}`, { path }), object);
    }
    if (status !== 200) {
      const says = describe(reading);
      return failWith(classify(status), data(`HTTP ${status}${says}`, { says }), object);
    }
    if (health.truncated) return failWith('too-big', data('a body that was cut off'), object);
    if (!/[/+]json\b/i.test(contentType)) return failWith('content-type', data(contentType), object);
    if (json === undefined) {
      const detail = health.jsonError ?? 'it could not be parsed';
      return failWith('invalid-json', data(detail, { detail }), object);
    }
    if (!reading.status) return failWith('no-status', data('no field such as "status"'), object);

    const findings: Finding<BodyMessage>[] = [];
    if (reading.status.judgement === 'bad')
      findings.push({ messageId: 'unhealthy', data: data(reading.status.text), object });
    if (reading.database?.judgement === 'bad')
      findings.push({ messageId: 'database', data: data(reading.database.text), object });
    if (reading.error) findings.push({ messageId: 'error-told', data: data(reading.error.text), object });
    if (findings.length === 0 && reading.status.judgement === 'unknown') {
      return unknown(`HTTP 200 with the status "${reading.status.text}", which may mean healthy or not`);
    }
    if (findings.length === 0 && reading.database?.judgement === 'unknown') {
      return unknown(
        `HTTP 200 with the status "${reading.status.text}", and of the database it says "${reading.database.text}", which may mean connected or not`,
      );
    }
    const { warning } = reading;
    const warnings: typeof findings =
      warning?.judgement === 'bad' ? [{ messageId: 'warning-told', data: data(warning.text), object }] : [];
    const facts = [
      `HTTP 200, status ${reading.status.text}`,
      ...(reading.database ? [`database ${reading.database.text}`] : []),
      ...(warning ? [`warnings “${warning.text}”`] : []),
    ];
    return asProven(route, failOrWarn(findings, warnings, facts.join(', ')));
  },
});

/** The path that the readiness probe asks for, else the liveness probe: where the application says its health. */
function probedPath(deployment: Readonly<Deployment> | undefined): string | undefined {
  const containers = deployment?.spec.template.spec.containers ?? [];
  const probes = ['readinessProbe', 'livenessProbe'] as const;
  return probes.flatMap((kind) => containers.flatMap((each) => each[kind]?.httpGet?.path ?? []))[0];
}

/** What another status than 200 means. */
function classify(status: number) {
  if (status === 401 || status === 403) return 'needs-login';
  if (status === 404) return 'not-found';
  return status >= 500 ? 'server-error' : 'status';
}

/** What the body adds to a status line that says little. */
function describe({ status, database }: HealthReading): string {
  const parts = [status && `status "${status.text}"`, database && `database "${database.text}"`].filter(
    Boolean,
  );
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
