/** What is published is read back as the same table, and what it does not say is unknown. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Fleet from '../../src/commands/fleet.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import type { Deployment } from '../../src/evidence/objects.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { Api } from '../../src/lab/world.js';
import { REPORT_APIS, reportObject, type ReportApi } from '../../src/publish/report-object.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

const [OPEN, POLICY] = REPORT_APIS as [ReportApi, ReportApi];
const { file, remove } = temporaryFolder();
let lab: Lab;
let target: string[];
let reports: Report[];
let table: string;
let verify: (...argv: string[]) => ReturnType<typeof runCommand>;

beforeAll(async () => {
  lab = await startLab();
  // A second release of which the Deployment alone is there.
  await lab.change((world) => {
    const second = structuredClone<Api<Deployment>>(world.manifests.deployment);
    const labels = { ...second.metadata.labels, 'app.kubernetes.io/instance': 'staging' };
    const annotations = {
      'meta.helm.sh/release-name': 'staging',
      'meta.helm.sh/release-namespace': 'default',
    };
    Object.assign(second.metadata, {
      ...{ name: 'staging-todo-chatbot-backend', uid: 'second', labels, annotations },
    });
    second.spec.selector.matchLabels = labels;
    world.others['deployments.apps'] = [second];
    world.role.push({
      apiGroups: REPORT_APIS.map(({ group }) => group),
      resources: REPORT_APIS.map(({ resource }) => resource),
      verbs: ['list'],
    });
  });
  target = ['--kubeconfig', lab.kubeconfigPath];
  verify = (...argv: string[]) =>
    runCommand(Verify, [...target, '-A', '--no-exec', '--skip', 'functional,load-balancing', ...argv]);
  ({ stdout: table } = await verify());
  const { stdout } = await verify('-o', `json=${file('{release}.json')}`, '-o', 'json');
  reports = documentsOf(stdout);
}, 60_000);
afterAll(async () => {
  await lab.close();
  remove();
});

/** Puts objects into the cluster, as the jobs of the shards do. */
async function publish(objects: object[], api = OPEN): Promise<void> {
  await lab.change((world) => {
    for (const each of REPORT_APIS) Reflect.deleteProperty(world.others, `${each.resource}.${each.group}`);
    world.others[`${api.resource}.${api.group}`] = objects as Api[];
  });
}

/** Several documents, one after the other. */
function documentsOf(stdout: string): Report[] {
  return stdout
    .split(/^(?=\{$)/m)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Report);
}

/** The rows of a table, cell by cell. */
function withoutAge(text: string): string[][] {
  return text
    .split('\n')
    .slice(0, reports.length + 1)
    .map((line) => line.replace(/ (?:AGE|\d+ s) /, ' ').split(/ {2,}/));
}

const now = () => new Date().toISOString();
const objectOf = (report: Report, startedAt = now(), api = OPEN) =>
  reportObject({ ...report, startedAt }, `${report.target.release ?? ''}-backend`, api) as {
    metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
    results: { properties: Record<string, string> }[];
  };
function theOne(is: (report: Report) => boolean): Report {
  const found = reports.find(is);
  if (found === undefined) throw new Error('there is no such report');
  return found;
}
const fleet = (...argv: string[]) => runCommand(Fleet, [...target, ...argv]);

interface Row {
  release: string;
  status: string;
  stale: boolean;
  problem: string | null;
}
async function rowsOf(...argv: string[]): Promise<Row[]> {
  const { stdout } = await fleet('-A', '-o', 'json', ...argv);
  return (JSON.parse(stdout) as { releases: Row[] }).releases;
}

test.each([OPEN, POLICY])('the table of verify is the table of its $kind objects', async (api) => {
  await publish(
    reports.map((report) => objectOf(report, now(), api)),
    api,
  );
  const { stdout, exitCode } = await fleet('-A');
  expect(reports).toHaveLength(2);
  expect(withoutAge(stdout)).toEqual(withoutAge(table));
  expect(exitCode).toBe(1);
});

test('four shards publish what one run does', async () => {
  const parts = [];
  for (const index of [0, 1, 2, 3]) {
    const { stdout } = await verify('--shard', `${index}/4`, '-o', 'json');
    parts.push(documentsOf(stdout));
  }
  const all = parts.flat();
  const places = (of: Report[]) =>
    of.map(({ target: { namespace, release } }) => `${namespace}/${release ?? ''}`).sort();
  expect(places(all)).toEqual(places(reports));
  await publish(all.map((report) => objectOf(report)));
  expect(withoutAge((await fleet('-A')).stdout)).toEqual(withoutAge(table));
}, 60_000);

test('many are read page by page', async () => {
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  const many = Array.from({ length: 1200 }, (_, index) => {
    const object = objectOf(report);
    object.metadata.name = `todo-k8s-verify-r${index}`;
    object.metadata.labels['todo-k8s.io/release'] = `r${index}`;
    return object;
  });
  await publish(many);
  const rows = await rowsOf();
  expect(new Set(rows.map(({ release }) => release)).size).toBe(1200);
  expect(await rowsOf('-l', 'todo-k8s.io/release in (r3,r1199)')).toHaveLength(2);
}, 30_000);

describe('what is too old', () => {
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const passing = () => theOne(({ summary }) => summary.fail === 0);

  test.each([
    ['young enough', () => ago(3_500_000), [], false],
    ['older than an hour', () => ago(3_700_000), [], true],
    ['older than asked for', () => ago(120_000), ['--max-age', '1m'], true],
    ['of the future', () => ago(-3_600_000), [], true],
    ['of a clock that is a little ahead', () => ago(-60_000), [], false],
    ['of a time that is none', () => 'yesterday', [], true],
  ])('%s', async (_, startedAt, argv, stale) => {
    await publish(reports.map((report) => objectOf(report, startedAt())));
    const rows = await rowsOf(...argv);
    expect(rows.map((row) => row.stale)).toEqual([stale, stale]);
    // A failure stays one; that something passed once says nothing.
    expect(rows.map(({ status }) => status)).not.toContain(stale ? 'pass' : '-');
    expect(rows.some(({ status }) => status === 'fail')).toBe(true);
  });

  test('is unknown, and exit code 3', async () => {
    const report = { ...passing(), exitCode: 0 as const };
    report.checks = report.checks.filter(({ status }) => status === 'pass');
    await publish([objectOf(report)]);
    expect((await fleet('-A')).exitCode).toBe(0);
    await publish([objectOf(report, ago(7_200_000))]);
    const { exitCode, stdout } = await fleet('-A');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/unknown +2 h, stale .* pass 2 h ago, not known since/);
  });
});

describe('what proves nothing', () => {
  test.each([
    [
      'no exit code',
      (each: ReturnType<typeof objectOf>) => delete each.metadata.annotations['todo-k8s.io/exit-code'],
    ],
    ['no result', (each: ReturnType<typeof objectOf>) => (each.results = [])],
    ['results that are none', (each: ReturnType<typeof objectOf>) => Object.assign(each, { results: [7] })],
    [
      'an exit code of words',
      (each: ReturnType<typeof objectOf>) =>
        (each.metadata.annotations['todo-k8s.io/exit-code'] = 'all fine'),
    ],
  ])('%s', async (_, change) => {
    const report = theOne(({ summary }) => summary.fail === 0);
    const object = objectOf({
      ...report,
      exitCode: 0,
      checks: report.checks.filter(({ status }) => status === 'pass'),
    });
    change(object);
    await publish([object]);
    expect((await rowsOf()).map(({ status }) => status)).toEqual(['unknown']);
  });

  test('an exit code of 0 beside a check that failed is a failure', async () => {
    const failed = theOne(({ summary }) => summary.fail > 0);
    await publish([objectOf({ ...failed, exitCode: 0 })]);
    expect((await rowsOf()).map(({ status }) => status)).toEqual(['fail']);
  });

  test('words of another are no command line, and nothing that a terminal obeys', async () => {
    const object = objectOf(theOne(({ summary }) => summary.fail > 0));
    object.metadata.labels['todo-k8s.io/release'] = 'x$(reboot)';
    object.metadata.annotations['todo-k8s.io/next'] = 'rm -rf /';
    Object.assign(object.results[0] ?? {}, { message: '\u001b[2Jgone' });
    await publish([object]);
    const { stdout } = await fleet('-A');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('rm -rf');
    expect(stdout).toContain("--release='x$(reboot)'");
  });
});

test('nothing published, and a cluster that knows no such object, are not green', async () => {
  await publish([]);
  expect(await fleet('-A')).toMatchObject({ exitCode: 3 });
  await lab.change((world) => {
    for (const each of REPORT_APIS) Reflect.deleteProperty(world.others, `${each.resource}.${each.group}`);
  });
  const { exitCode, stdout } = await fleet('-A');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('neither reports.openreports.io nor policyreports.wgpolicyk8s.io');
});

test('of a list each release has its row, published or not', async () => {
  await publish(reports.map((report) => objectOf(report)));
  const list = file('list.txt');
  writeFileSync(list, 'default/todo-chatbot\ndefault/never\n');
  const rows = await runCommand(Fleet, [...target, '--releases-from', list, '-o', 'json']);
  const { releases } = JSON.parse(rows.stdout) as { releases: Row[] };
  expect(releases.map(({ release, problem }) => [release, problem?.includes('no Report')])).toContainEqual([
    'never',
    true,
  ]);
  expect(releases).toHaveLength(2);
});

test('other namespaces are others’', async () => {
  await publish(reports.map((report) => objectOf(report)));
  expect(JSON.parse((await fleet('-o', 'json')).stdout)).toMatchObject({ releases: [{}, {}] });
  expect(JSON.parse((await fleet('-n', 'kube-public', '-o', 'json')).stdout)).toMatchObject({ releases: [] });
});

test('-o name and -q', async () => {
  await publish(reports.map((report) => objectOf(report)));
  expect((await fleet('-A', '-o', 'name')).stdout).toMatch(/^fail default\/staging$/m);
  expect((await fleet('-A', '-q')).stdout.trim().split('\n')).toHaveLength(1);
});
