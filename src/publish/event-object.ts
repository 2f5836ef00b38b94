/**
 * The result as an Event of the Deployment: what `kubectl describe deployment` and `kubectl get events` show. One for each
 * command and Deployment, which the next run replaces; the API server forgets it an hour after the last one.
 */
import type { Report } from '../engine/report.js';
import { cut, fittingName } from './limits.js';
import { placeholders } from './message.js';

/** Characters of an Event's message (k8s.io/api core/v1, validation of Events). */
const LONGEST_MESSAGE = 1024;

/** As `kubectl get events` shows it; by exit code. */
const REASONS: Record<number, string> = { 0: 'Verified', 1: 'VerificationFailed', 3: 'VerificationUnclear' };

export interface EventSubject {
  /** Name of the backend's Deployment. */
  deployment: string;
  /** metadata.uid, by which kubectl finds the events of an object; undefined: there is no such Deployment. */
  uid: string | undefined;
}

/** Path of the Deployment in the API, whose uid an Event needs. */
export function deploymentPath({ target }: Report, deployment: string): string {
  return `/apis/apps/v1/namespaces/${target.namespace}/deployments/${deployment}`;
}

/** Path of the Event in the API. */
export function eventPath(report: Report, deployment: string): string {
  return `/api/v1/namespaces/${report.target.namespace}/events/${eventName(report, deployment)}`;
}

export function eventObject(report: Report, { deployment, uid }: EventSubject): object {
  const { target, exitCode, startedAt } = report;
  const { namespace } = target;
  // Kubernetes' time has no fraction of a second.
  const time = startedAt.replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: eventName(report, deployment),
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'todo-k8s' },
    },
    involvedObject: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: deployment,
      namespace,
      ...(uid !== undefined && { uid }),
    },
    type: exitCode === 0 ? 'Normal' : 'Warning',
    reason: REASONS[exitCode] ?? 'VerificationUnclear',
    message: messageOf(report),
    source: { component: 'todo-k8s' },
    reportingComponent: 'todo-k8s',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** One line, as a table has it: `todo-k8s verify failed: pods/ready: …; …`. */
function messageOf(report: Report): string {
  const { command, result = '', problems = '' } = placeholders(report);
  const lines = problems.split('\n').filter((line) => line !== '');
  const text = [`todo-k8s ${command ?? ''} ${result}`, ...(lines.length > 0 ? [lines.join('; ')] : [])].join(
    ': ',
  );
  return cut(text, LONGEST_MESSAGE);
}

function eventName({ command }: Report, deployment: string): string {
  return fittingName(`${deployment}.todo-k8s-${command.split(' ')[0] ?? ''}`);
}
