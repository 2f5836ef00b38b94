/** `--publish`: the result of a run where operators look. The only part of the program that changes anything anywhere. */
import { count } from '../count.js';
import type { Report } from '../engine/report.js';
import type { ConnectionFlags } from '../evidence/kubernetes/client.js';
import type { KubernetesWriter } from '../evidence/kubernetes/writer.js';
import { redactTexts } from '../evidence/redact-texts.js';
import { printed } from '../report/printed.js';
import { deploymentPath, eventObject, eventPath } from './event-object.js';
import { webhookBody } from './message.js';
import { REPORT_APIS, reportObject, reportPath } from './report-object.js';
import { send } from './send.js';

export type PublishTarget =
  | { kind: 'report' | 'event' }
  | { kind: 'pushgateway'; url: URL }
  | { kind: 'webhook'; url: URL; template: string };

export interface Published {
  report: Report;
  /** Name of the backend's Deployment. */
  deployment: string;
}

export interface PublishContext {
  connection: ConnectionFlags;
  redact: (text: string) => string;
  signal: AbortSignal;
}

/** Each release to each target, one after the other; one that is refused does not keep the others back. @returns what could not be published, in words */
export async function publish(
  targets: readonly PublishTarget[],
  all: readonly Published[],
  context: PublishContext,
): Promise<string[]> {
  const problems: string[] = [];
  const clean = all.map(({ report, deployment }) => ({
    report: redactTexts(report, (text) => printed(context.redact(text))),
    deployment,
  }));
  for (const target of targets) {
    const told = (words: string, place = '') =>
      problems.push(`--publish ${target.kind}${place}: ${context.redact(words)}`);
    let refused = 0;
    try {
      await toTarget(target, clean, context, (one, { message }) => {
        refused += 1;
        if (refused <= MOST_TOLD) told(message, all.length > 1 ? placeOf(one) : '');
      });
    } catch (error) {
      told((error as Error).message);
    }
    if (refused > MOST_TOLD) told(`${count(refused - MOST_TOLD, 'more release')} refused`);
  }
  return problems;
}

function placeOf({ report: { target }, deployment }: Published): string {
  return `, ${target.namespace}/${target.release ?? deployment}`;
}

/** Told of one release that could not be published: the others are none the worse for it. */
type Refused = (one: Published, error: Error) => void;

/** Releases of which it is told why one target was refused; more are counted. */
const MOST_TOLD = 10;
/** Results in a row that meet the same words, after which the rest is not tried: it is the other side, not one release. */
const SAME_WORDS = 3;

async function each(
  all: readonly Published[],
  refused: Refused,
  signal: AbortSignal,
  publishOne: (one: Published) => Promise<void>,
): Promise<void> {
  let last = { words: '', times: 0 };
  for (const [index, one] of all.entries()) {
    try {
      await publishOne(one);
      last = { words: '', times: 0 };
    } catch (error) {
      const { message: words } = error as Error;
      refused(one, error as Error);
      last = { words, times: last.words === words ? last.times + 1 : 1 };
      const left = all.length - index - 1;
      if (left > 0 && (signal.aborted || last.times === SAME_WORDS))
        throw new Error(`${count(left, 'more release')} not tried`);
    }
  }
}

async function toTarget(
  target: PublishTarget,
  all: readonly Published[],
  { connection, signal }: PublishContext,
  refused: Refused,
): Promise<void> {
  switch (target.kind) {
    case 'report':
      return withWriter(connection, (writer) => applyReports(writer, all, refused, signal));
    case 'event':
      return withWriter(connection, (writer) =>
        each(all, refused, signal, (one) => applyEvent(writer, one, signal)),
      );
    case 'pushgateway': {
      const { renderPrometheus } = await import('../report/prometheus.js');
      return each(all, refused, signal, ({ report }) => {
        const metrics = renderPrometheus(report);
        return send('PUT', pushUrl(target.url, report), metrics, 'text/plain; version=0.0.4', signal);
      });
    }
    case 'webhook':
      return each(all, refused, signal, ({ report }) =>
        send('POST', target.url, webhookBody(target.template, report), 'application/json', signal),
      );
  }
}

async function withWriter(
  connection: ConnectionFlags,
  write: (writer: KubernetesWriter) => Promise<void>,
): Promise<void> {
  const { createKubernetesWriter } = await import('../evidence/kubernetes/writer.js');
  const writer = await createKubernetesWriter(connection, process.env);
  try {
    await write(writer);
  } finally {
    writer.close();
  }
}

async function applyReports(
  writer: KubernetesWriter,
  all: readonly Published[],
  refused: Refused,
  signal: AbortSignal,
): Promise<void> {
  let known = REPORT_APIS;
  await each(all, refused, signal, async ({ report, deployment }) => {
    const api = await firstThatIsThere(known, (one) =>
      writer.apply(reportPath(report, deployment, one), reportObject(report, deployment, one), signal),
    );
    if (api === undefined)
      throw new Error(
        `the cluster knows neither ${REPORT_APIS.map(({ resource, group }) => `${resource}.${group}`).join(' nor ')}: install the CRDs of openreports.io`,
      );
    known = [api];
  });
}

async function applyEvent(
  writer: KubernetesWriter,
  { report, deployment }: Published,
  signal: AbortSignal,
): Promise<void> {
  const uid = await writer.uidOf(deploymentPath(report, deployment), signal);
  await writer.apply(eventPath(report, deployment), eventObject(report, { deployment, uid }), signal);
}

async function firstThatIsThere<T>(
  candidates: readonly T[],
  apply: (candidate: T) => Promise<object | undefined>,
): Promise<T | undefined> {
  for (const candidate of candidates) if ((await apply(candidate)) !== undefined) return candidate;
  return undefined;
}

/** One group of metrics for each command and release, which PUT replaces as a whole. */
function pushUrl(gateway: URL, { command, target }: Report): URL {
  const grouping = {
    command,
    context: target.context,
    namespace: target.namespace,
    release: target.release ?? '',
  };
  const path = Object.entries(grouping)
    // A value may be empty or have a slash in it: that is said by @base64.
    .map(([name, value]) => `${name}@base64/${value === '' ? '=' : Buffer.from(value).toString('base64url')}`)
    .join('/');
  return new URL(`${gateway.href.replace(/\/+$/, '')}/metrics/job/todo-k8s/${path}`);
}
