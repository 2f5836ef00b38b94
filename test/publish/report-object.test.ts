import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { REPORT_APIS, reportObject, reportPath, type ReportApi } from '../../src/publish/report-object.js';
import { diagnosed } from '../report/diagnosed.js';
import { failWithBlocked, SAMPLES } from '../report/samples.js';

const [REPORT, POLICY_REPORT] = REPORT_APIS as [ReportApi, ReportApi];

interface Published {
  apiVersion: string;
  kind: string;
  source?: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  summary: Record<string, number>;
  results: {
    policy: string;
    result: string;
    severity: string;
    message: string;
    properties: Record<string, string>;
  }[];
}

const of = (report: Report, api = REPORT) => reportObject(report, 'todo-chatbot-backend', api) as Published;

describe.each(Object.entries(SAMPLES))('%s', (_, make) => {
  test('has a result for each check, in words that the API knows, and a summary that counts them', () => {
    const report = make();
    const { results, summary } = of(report);
    expect(results.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(report.checks.map(({ id }) => id)),
    );
    const counts: Record<string, number> = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
    for (const { result } of results) counts[result] = (counts[result] ?? NaN) + 1;
    expect(summary).toEqual(counts);
  });

  test('is small, and says no more than 1,000 characters for each', () => {
    const published = of(make());
    expect(JSON.stringify(published).length).toBeLessThan(200_000);
    for (const { message } of published.results) expect(message.length).toBeLessThanOrEqual(1000);
  });
});

test('what could not be looked at is an error, never a pass', () => {
  const report = failWithBlocked();
  const [first] = report.checks;
  if (first === undefined) throw new Error('no checks');
  first.status = 'unknown';
  expect(of(report).results[0]?.result).toBe('error');
});

test('the same release has the same object, another command or release has another', () => {
  const report = failWithBlocked();
  const names = [
    report,
    { ...report, command: 'doctor' },
    { ...report, target: { ...report.target, release: 'b' } },
  ].map((each) => reportPath(each, 'backend', REPORT));
  expect(new Set(names).size).toBe(3);
  expect(names[0]).toBe(
    '/apis/openreports.io/v1alpha1/namespaces/default/reports/todo-k8s-verify-todo-chatbot',
  );
  expect(reportPath({ ...report, startedAt: 'later', exitCode: 0 }, 'backend', REPORT)).toBe(names[0]);
});

test('the older API has no source of the whole, and a name of its own', () => {
  const published = of(failWithBlocked(), POLICY_REPORT);
  expect(published).toMatchObject({ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' });
  expect(published).not.toHaveProperty('source');
});

test('causes of the doctor are results, too', () => {
  const report = diagnosed();
  const { results } = of(report);
  for (const { cause } of report.diagnoses ?? [])
    expect(results.map(({ policy }) => policy)).toContain(cause);
});

test.each([['x'.repeat(300)], [`${'a-'.repeat(130)}b`]])(
  'a name that is too long stays one that Kubernetes takes, and another than its neighbour’s',
  (release) => {
    const report = failWithBlocked();
    const named = (name: string) => of({ ...report, target: { ...report.target, release: name } }).metadata;
    const { name, labels } = named(release);
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    expect(name.length).toBeLessThanOrEqual(253);
    expect(named(`${release}c`).name).not.toBe(name);
    for (const value of Object.values(labels))
      expect(value).toMatch(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);
  },
);
