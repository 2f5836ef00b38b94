/**
 * The report as an object of the cluster, where operators look: `Report` of openreports.io/v1alpha1, or `PolicyReport` of
 * wgpolicyk8s.io/v1alpha2, from which it came. One object for each command and release, which the next run replaces.
 */
import type { Diagnosis } from '../rule/diagnosis.js';
import type { CheckResult, Report, Status } from '../engine/report.js';
import { diagnosisStatus } from '../report/digest.js';
import { cut, fittingName } from './limits.js';

export interface ReportApi {
  group: string;
  version: string;
  resource: string;
  kind: string;
}

/** In the order in which they are tried. */
export const REPORT_APIS: readonly ReportApi[] = [
  { group: 'openreports.io', version: 'v1alpha1', resource: 'reports', kind: 'Report' },
  { group: 'wgpolicyk8s.io', version: 'v1alpha2', resource: 'policyreports', kind: 'PolicyReport' },
];

/** Characters of a result's message: with all checks the object stays far below what etcd takes. */
const LONGEST_MESSAGE = 1000;
/** Characters of a label's value. */
const LONGEST_LABEL = 63;

const RESULTS: Record<Status, string> = {
  pass: 'pass',
  warn: 'warn',
  fail: 'fail',
  unknown: 'error',
  blocked: 'skip',
  skip: 'skip',
};

/** @param deployment the backend's, which the report is about */
export function reportObject(report: Report, deployment: string, api: ReportApi): object {
  const { target, command, checks, diagnoses = [] } = report;
  const seconds = Math.floor(Date.parse(report.startedAt) / 1000);
  const timestamp = Number.isNaN(seconds) ? {} : { timestamp: { seconds, nanos: 0 } };
  const results = [...diagnoses.map(ofCause), ...checks.map(ofCheck)];
  const count = (result: string) => results.filter((each) => each.result === result).length;
  return {
    apiVersion: `${api.group}/${api.version}`,
    kind: api.kind,
    metadata: {
      name: objectName(report, deployment),
      namespace: target.namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'todo-k8s',
        'todo-k8s.io/command': label(command),
        'todo-k8s.io/release': label(target.release ?? deployment),
      },
      annotations: {
        'todo-k8s.io/exit-code': String(report.exitCode),
        'todo-k8s.io/started-at': report.startedAt,
        'todo-k8s.io/version': report.tool.version,
      },
    },
    // Only the newer of the two has one source for all results.
    ...(api.group === 'openreports.io' && { source: 'todo-k8s' }),
    scope: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, namespace: target.namespace },
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      warn: count('warn'),
      error: count('error'),
      skip: count('skip'),
    },
    results: results.map((result) => ({ source: 'todo-k8s', ...result, ...timestamp })),
  };
}

interface Result {
  policy: string;
  category: string;
  severity: 'high' | 'medium';
  result: string;
  scored: boolean;
  message: string;
  /** What the format has no field for; values are text. */
  properties: Record<string, string>;
}

function ofCheck(check: CheckResult): Result {
  const { id, suite, severity, status, blockedBy } = check;
  return {
    policy: id,
    category: suite,
    severity: severity === 'error' ? 'high' : 'medium',
    result: RESULTS[status],
    scored: severity === 'error',
    message: messageOf(check),
    properties: { status, ...(blockedBy.length > 0 && { blockedBy: blockedBy.join(' ') }) },
  };
}

function ofCause(diagnosis: Diagnosis): Result {
  const { cause, topic, severity, verdict, headline, object } = diagnosis;
  return {
    policy: cause,
    category: topic,
    severity: severity === 'error' ? 'high' : 'medium',
    result: RESULTS[diagnosisStatus(diagnosis)],
    scored: severity === 'error',
    message: cut(headline, LONGEST_MESSAGE),
    properties: { verdict, ...(object && { object: `${object.kind}/${object.name}` }) },
  };
}

/** Path of the object in the API. */
export function reportPath(
  report: Report,
  deployment: string,
  { group, version, resource }: ReportApi,
): string {
  const { namespace } = report.target;
  return `/apis/${group}/${version}/namespaces/${namespace}/${resource}/${objectName(report, deployment)}`;
}

function objectName({ command, target }: Report, deployment: string): string {
  return fittingName(`todo-k8s-${command.split(' ')[0] ?? ''}-${target.release ?? deployment}`);
}

function messageOf({ message, findings, status }: CheckResult): string {
  const told = status === 'pass' ? [] : findings.map((finding) => finding.message);
  return cut([...new Set([message, ...told])].join('\n'), LONGEST_MESSAGE);
}

/** A label's value: what is not allowed in one is a hyphen. */
function label(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, LONGEST_LABEL)
    .replace(/^[-_.]+|[-_.]+$/g, '');
}
