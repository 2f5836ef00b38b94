import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { renderPrometheus } from '../../src/report/prometheus.js';
import { loadReport } from '../load/load-report.js';
import { loadFacts } from '../support/load-facts.js';
import { parseExposition } from './exposition.js';
import { everywhere, KINDS, withLoad } from './html/reports.js';
import { diagnosed } from './diagnosed.js';
import { failWithBlocked, HOSTILE, hostile, sample, SAMPLES } from './samples.js';

const every: [string, () => Report | Promise<Report>][] = [...Object.entries(SAMPLES), ...KINDS];
const RUN = { command: 'verify', context: 'minikube', namespace: 'default', release: 'todo-chatbot' };

async function metrics(report: Report | Promise<Report>) {
  return parseExposition(renderPrometheus(await report));
}

describe.each(every)('%s', (_, make) => {
  test('keeps the format, with stable names, all of them gauges', async () => {
    for (const [name, { type, help }] of await metrics(make())) {
      expect(name).toMatch(/^todo_k8s_[a-z_]+$/);
      expect(type).toBe('gauge');
      expect(help).not.toBe('');
    }
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

(promtool ? test : test.skip).each(every)('promtool accepts %s', async (_, make) => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: renderPrometheus(await make()),
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('every metric is in docs/outputs.md', async () => {
  const docs = readFileSync(path.resolve(import.meta.dirname, '../../docs/outputs.md'), 'utf8');
  const names = (await Promise.all(every.map(([, make]) => metrics(make())))).flatMap((found) => [
    ...found.keys(),
  ]);
  const isDocumented = (name: string) =>
    docs.includes(`\`${name}\``) ||
    docs.includes(`\`${name.replace(/^todo_k8s_load(_pod)?/, (_, pod = '') => `…${String(pod)}`)}\``);
  expect([...new Set(names)].filter((name) => !isDocumented(name))).toEqual([]);
  expect(isDocumented('todo_k8s_load_of_something_else')).toBe(false);
});

test('each check has one status of six, with its suite, release and namespace', async () => {
  const report = failWithBlocked();
  const samples = (await metrics(report)).get('todo_k8s_check_status')?.samples ?? [];
  expect(samples).toHaveLength(report.checks.length * 6);
  const set = samples.filter(({ value }) => value === 1).map(({ labels }) => labels);
  expect(set).toEqual(report.checks.map(({ id, suite, status }) => ({ id, suite, status, ...RUN })));
  expect(samples.filter(({ value }) => value === 0)).toHaveLength(report.checks.length * 5);
});

test('the run: exit code, duration in seconds, when it began, how many of each', async () => {
  const found = await metrics(failWithBlocked());
  const value = (name: string) => found.get(`todo_k8s_${name}`)?.samples.map((each) => each.value);
  expect(value('run_exit_code')).toEqual([1]);
  expect(value('run_duration_seconds')).toEqual([0.243]);
  expect(value('run_started_timestamp_seconds')).toEqual([Date.parse('2026-02-09T03:12:44.120Z') / 1000]);
  expect(found.get('todo_k8s_checks')?.samples.find(({ labels }) => labels.status === 'fail')?.value).toBe(2);
});

test('a load run: requests, errors and share of each pod, times in seconds', async () => {
  const found = await metrics(withLoad());
  const byPod = (name: string) => found.get(`todo_k8s_load_pod_${name}`)?.samples.map(({ value }) => value);
  expect(byPod('requests')).toEqual([90, 81, 0]);
  expect(found.get('todo_k8s_load_lost_requests')?.samples[0]?.value).toBe(12);
  expect(found.get('todo_k8s_load_completed_requests')?.samples[0]?.value).toBe(183);
  const { latency } = (await withLoad()).load ?? {};
  const p50 = found
    .get('todo_k8s_load_response_seconds')
    ?.samples.find(({ labels }) => labels.stat === 'p50');
  expect(p50?.value).toBeCloseTo((latency?.p50 ?? Number.NaN) / 1000, 9);
});

test('what is not known is no sample: no percentile that too few support, no spread that was not judged', async () => {
  const found = await metrics(loadReport(loadFacts([3, 2], (facts) => (facts.latency = null))));
  expect(found.has('todo_k8s_load_response_seconds')).toBe(false);
  expect((await metrics(sample())).has('todo_k8s_load_requests')).toBe(false);
});

test('causes by verdict, memory by kind', async () => {
  const found = await metrics(diagnosed());
  expect(
    found
      .get('todo_k8s_diagnosis')
      ?.samples.map(({ labels }) => [labels.cause, labels.verdict, labels.status]),
  ).toEqual([
    ['db/credentials-stale', 'confirmed', 'fail'],
    ['db/timeout', 'inconclusive', 'unknown'],
    ['db/waking', 'likely', 'warn'],
  ]);
  expect(found.get('todo_k8s_container_memory_bytes')?.samples.map(({ labels }) => labels.kind)).toEqual([
    'request',
    'limit',
    'usage',
  ]);
});

test('hostile text stays within its label, and no series is there twice', async () => {
  const found = await metrics(everywhere(hostile(), `${HOSTILE}"} 1\n# TYPE x gauge\nx 1 \\`));
  const [run] = found.get('todo_k8s_run_exit_code')?.samples ?? [];
  expect(Object.keys(run?.labels ?? {})).toEqual(['command', 'context', 'namespace', 'release']);
  expect(run?.labels.release).toMatch(/"\} 1 # TYPE x gauge x 1 \\$/);
});

describe('the strict reader refuses', () => {
  test.each([
    ['a sample without its TYPE', 'x 1\n'],
    ['a timestamp', '# HELP x h\n# TYPE x gauge\nx 1 1700000000\n'],
    ['a family in two pieces', '# HELP x h\n# TYPE x gauge\nx 1\n# HELP x h\n# TYPE x gauge\nx{a="b"} 1\n'],
    ['a series twice', '# HELP x h\n# TYPE x gauge\nx{a="1",b="2"} 1\nx{b="2",a="1"} 1\n'],
    ['a quotation mark in a label', '# HELP x h\n# TYPE x gauge\nx{a="b"c"} 1\n'],
    ['a value that is none', '# HELP x h\n# TYPE x gauge\nx one\n'],
    ['an unfinished last line', '# HELP x h\n# TYPE x gauge\nx 1'],
  ])('%s', (_, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
