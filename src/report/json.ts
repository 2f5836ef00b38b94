/** The versioned JSON form of a report: docs/report.schema.json. */
import type { CheckResult, Report } from '../engine/report.js';
import { safeJson } from './escape.js';

/** The report with the fields that are published, in the order in which they are documented. */
export function publicReport(report: Report): Report {
  const { tool, target, summary } = report;
  return {
    schemaVersion: report.schemaVersion,
    tool: { name: tool.name, version: tool.version },
    command: report.command,
    target: {
      context: target.context,
      server: target.server,
      namespace: target.namespace,
      release: target.release,
      kubernetesVersion: target.kubernetesVersion,
      route: target.route && { via: target.route.via, url: target.route.url, proves: target.route.proves },
    },
    ...(report.defaults && { defaults: [...report.defaults] }),
    ...(report.from && {
      from: { bundle: report.from.bundle, recordedAt: report.from.recordedAt, by: report.from.by },
    }),
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    summary: {
      pass: summary.pass,
      warn: summary.warn,
      fail: summary.fail,
      unknown: summary.unknown,
      blocked: summary.blocked,
      skip: summary.skip,
    },
    exitCode: report.exitCode,
    interrupted: report.interrupted,
    notices: [...report.notices],
    next: report.next,
    ...(report.serving && { serving: { state: report.serving.state, facts: [...report.serving.facts] } }),
    checks: report.checks.map(publicCheck),
    ...(report.load && { load: report.load }),
    ...(report.timeline && { timeline: report.timeline }),
    ...(report.memory && { memory: report.memory }),
    ...(report.diagnoses && { diagnoses: report.diagnoses }),
    ...(report.topics && { topics: report.topics }),
    ...(report.unexplained && { unexplained: report.unexplained }),
  };
}

/** One check's result with the fields that are published. */
export function publicCheck(result: CheckResult): CheckResult {
  return {
    id: result.id,
    suite: result.suite,
    title: result.title,
    status: result.status,
    severity: result.severity,
    message: result.message,
    findings: result.findings.map(({ messageId, message, object, data }) => ({
      messageId,
      message,
      object: object && {
        kind: object.kind,
        ...(object.namespace === undefined ? {} : { namespace: object.namespace }),
        name: object.name,
      },
      data: { ...data },
    })),
    remedy: result.remedy,
    fix: result.fix.map((part) => ({ ...part })),
    ...(result.accepted && { accepted: result.accepted }),
    blockedBy: [...result.blockedBy],
    ...(result.access && {
      access: { verb: result.access.verb, group: result.access.group, resource: result.access.resource },
    }),
    ...(result.toldWith === undefined ? {} : { toldWith: result.toldWith }),
    why: result.why,
    contractSection: result.contractSection,
    durationMs: result.durationMs,
  };
}

/** One JSON document and a line feed. */
export function renderJson(report: Report): string {
  return jsonDocument(publicReport(report));
}

/** Any plain data as a JSON document that is harmless on a terminal. */
export function jsonDocument(data: unknown): string {
  return `${safeJson(JSON.stringify(data, null, 2))}\n`;
}
