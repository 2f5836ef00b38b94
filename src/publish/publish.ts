/** `--publish`: the result of a run where operators look. The only part of the program that changes anything anywhere. */
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

/** Each release to each target, one after the other. @returns what could not be published, in words */
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
    try {
      await toTarget(target, clean, context);
    } catch (error) {
      problems.push(`--publish ${target.kind}: ${context.redact((error as Error).message)}`);
    }
  }
  return problems;
}

async function toTarget(
  target: PublishTarget,
  all: readonly Published[],
  { connection, signal }: PublishContext,
): Promise<void> {
  switch (target.kind) {
    case 'report':
      return withWriter(connection, (writer) => applyReports(writer, all, signal));
    case 'event':
      return withWriter(connection, (writer) => applyEvents(writer, all, signal));
    case 'pushgateway': {
      const { renderPrometheus } = await import('../report/prometheus.js');
      for (const { report } of all) {
        const url = pushUrl(target.url, report);
        await send('PUT', url, renderPrometheus(report), 'text/plain; version=0.0.4', signal);
      }
      return;
    }
    case 'webhook':
      for (const { report } of all)
        await send('POST', target.url, webhookBody(target.template, report), 'application/json', signal);
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
  signal: AbortSignal,
): Promise<void> {
  let known = REPORT_APIS;
  for (const { report, deployment } of all) {
    const api = await firstThatIsThere(known, (each) =>
      writer.apply(reportPath(report, deployment, each), reportObject(report, deployment, each), signal),
    );
    if (api === undefined)
      throw new Error(
        `the cluster knows neither ${REPORT_APIS.map(({ resource, group }) => `${resource}.${group}`).join(' nor ')}: install the CRDs of openreports.io`,
      );
    known = [api];
  }
}

async function applyEvents(
  writer: KubernetesWriter,
  all: readonly Published[],
  signal: AbortSignal,
): Promise<void> {
  for (const { report, deployment } of all) {
    const uid = await writer.uidOf(deploymentPath(report, deployment), signal);
    await writer.apply(eventPath(report, deployment), eventObject(report, { deployment, uid }), signal);
  }
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
