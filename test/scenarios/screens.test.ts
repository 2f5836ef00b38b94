/**
 * What people see, state by state: docs/screens/<name>.txt, at 80 columns, and four of them at 40 and 120. Read them:
 * is it up, what is wrong, what do I type? A failure of one fault fits a terminal of 25 lines.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Doctor from '../../src/commands/doctor/index.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import type { Deployment } from '../../src/evidence/objects.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { ScenarioName } from '../../src/lab/scenarios/index.js';
import type { Api } from '../../src/lab/world.js';
import { aged } from '../../src/publish/fleet.js';
import type { PublishedRow } from '../../src/publish/read-reports.js';
import { renderReleases } from '../../src/report/releases.js';
import { renderDoctorText } from '../../src/report/doctor/text.js';
import { fileStyle } from '../../src/report/style.js';
import { renderText } from '../../src/report/text.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';
import { stableString, stableText } from './stable.js';
import { freePort } from '../support/ports.js';

const FOLDER = path.join(import.meta.dirname, '../../docs/screens');
const WIDTHS = [40, 80, 120] as const;
/** Of one fault, at 80 columns. */
const LINES = 25;

const { file: inFolder, remove } = temporaryFolder();
const labs: Lab[] = [];
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  remove();
});

async function open(scenario: ScenarioName = 'healthy'): Promise<Lab> {
  const lab = await startLab(scenario);
  labs.push(lab);
  return lab;
}

const written = new Set<string>();

/** UPDATE_GOLDENS=1 writes the screen instead: read the difference before you commit it. */
function expectScreen(name: string, command: string, text: string): void {
  written.add(`${name}.txt`);
  const file = path.join(FOLDER, `${name}.txt`);
  const shown = `$ ${command}\n${text.trimEnd()}\n`;
  if (process.env.UPDATE_GOLDENS) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, shown);
  }
  expect(shown).toBe(readFileSync(file, 'utf8'));
}

const NOW = Date.parse('2026-03-01T12:00:00Z');

type Command = 'verify' | 'doctor';

async function reportOf(command: Command, argv: string[]): Promise<Report> {
  const { stdout } = await runCommand(command === 'verify' ? Verify : Doctor, [...argv, '-o', 'json']);
  return JSON.parse(stdout) as Report;
}

function linesOf(report: Report, command: Command, columns = 80): string {
  const text = stableText(report, command === 'verify' ? renderText : renderDoctorText, { columns, route: true });
  return text.replaceAll(/ --kubeconfig[ =]KUBECONFIG/g, '');
}

describe('a state', () => {
  test.each<[name: string, command: Command, scenario: ScenarioName, widths: readonly number[]]>([
    ['healthy', 'verify', 'healthy', WIDTHS],
    ['degraded', 'verify', 'crash-loop', WIDTHS],
    ['down', 'verify', 'service-missing', WIDTHS],
    ['forbidden', 'verify', 'forbidden-secrets', [80]],
    ['doctor-crash-loop', 'doctor', 'crash-loop', WIDTHS],
    ['doctor-database-password', 'doctor', 'database-password-wrong', [80]],
    ['doctor-database-host', 'doctor', 'database-host-wrong', [80]],
    ['doctor-image-pull', 'doctor', 'image-pull', [80]],
    ['doctor-oom-killed', 'doctor', 'oom-killed', [80]],
    ['doctor-selector', 'doctor', 'selector-mismatch', [80]],
    ['doctor-target-port', 'doctor', 'target-port-wrong', [80]],
    ['doctor-readiness', 'doctor', 'readiness-port-wrong', [80]],
    ['doctor-secret-missing', 'doctor', 'secret-missing', [80]],
    ['doctor-egress', 'doctor', 'egress-blocked', [80]],
  ])('%s', async (name, command, scenario, widths) => {
    const lab = await open(scenario);
    const report = await reportOf(command, ['--kubeconfig', lab.kubeconfigPath]);
    for (const columns of widths) {
      const text = linesOf(report, command, columns);
      expectScreen(columns === 80 ? name : `${name}.${columns}`, `todo-k8s ${command}`, text);
      if (columns === 80) expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES);
    }
  });

  test('replay', async () => {
    const lab = await open('oom-killed');
    const bundle = inFolder('bundle.tgz');
    await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '--record', bundle, '-q']);
    const report = await reportOf('verify', ['--from', bundle]);
    expect(report.from).toEqual({ bundle: 'bundle.tgz', recordedAt: report.startedAt, by: 'verify' });
    const { stdout } = await runCommand(Verify, ['--from', bundle]);
    expect(stdout).toMatch(/recording bundle\.tgz\n +made \d{4}-\d\d-\d\d \d\d:\d\d UTC \(\d+ s ago\) by verify\n/);
    expect(report.next).toBe(`todo-k8s doctor --from ${bundle}`);
    const doctor = await reportOf('doctor', ['--from', bundle]);
    expect(doctor.diagnoses?.[0]?.cause).toBe('memory/oom-killed');
    const next = 'todo-k8s doctor --from bundle.tgz';
    expectScreen('replay', 'todo-k8s verify --from bundle.tgz', linesOf({ ...report, next }, 'verify'));
  });
});

describe('said in place of a report', () => {
  let lab: Lab;
  let two: Lab;
  let closed: string;
  beforeAll(async () => {
    [lab, two] = await Promise.all([open(), open()]);
    await two.change((world) => {
      const second = structuredClone<Api<Deployment>>(world.manifests.deployment);
      const labels = { ...second.metadata.labels, 'app.kubernetes.io/instance': 'staging' };
      Object.assign(second.metadata, {
        name: 'staging-todo-chatbot-backend',
        uid: 'second',
        labels,
        annotations: { 'meta.helm.sh/release-name': 'staging', 'meta.helm.sh/release-namespace': 'default' },
      });
      second.spec.selector.matchLabels = labels;
      world.others['deployments.apps'] = [second];
    });
    closed = inFolder('kubeconfig');
    const port = await freePort();
    const minikube = { cluster: { server: `https://127.0.0.1:${port}` } };
    writeFileSync(
      closed,
      JSON.stringify({
        'current-context': 'minikube',
        clusters: [{ name: 'minikube', ...minikube }],
        users: [{ name: 'minikube', user: {} }],
        contexts: [{ name: 'minikube', context: { cluster: 'minikube', user: 'minikube' } }],
      }),
    );
  });

  test('wrong namespace', async () => {
    const { stdout, stderr, exitCode } = await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '-n', 'kube-public']);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expectScreen('wrong-namespace', 'todo-k8s verify -n kube-public', withoutKubeconfig(stderr));
  });

  test('unreachable', async () => {
    const report = await reportOf('verify', ['--kubeconfig', closed]);
    const text = linesOf(report, 'verify').replaceAll(/ --kubeconfig[ =]\S+/g, '');
    expectScreen('unreachable', 'todo-k8s verify', text);
    expect(report.exitCode).toBe(3);
  });

  test('several releases', async () => {
    const { stderr, exitCode } = await runCommand(Verify, ['--kubeconfig', two.kubeconfigPath]);
    expect(exitCode).toBe(2);
    expectScreen('several-releases', 'todo-k8s verify', withoutKubeconfig(stderr));
  });

  test('many releases, as the jobs of the cluster have published them', () => {
    const row = (namespace: string, status: PublishedRow['status'], ageMinutes: number, problem = '') => ({
      ...{ object: 'x', context: 'live', namespace, release: 'todo-chatbot', status, problem },
      ...{ passed: status === 'fail' ? 61 : 62, asked: 62, failed: status === 'fail' ? 1 : 0 },
      ...{ durationMs: 0, next: undefined, exitCode: 0, startedAt: NOW - ageMinutes * 60_000 },
    });
    const rows = [
      row('billing', 'pass', 4),
      row('shop', 'fail', 3, 'config/database-url: DATABASE_URL has no password'),
      row('support', 'warn', 4, 'pods/restarts: 3 restarts of one container'),
      row('legacy', 'pass', 190),
    ].map((each) => aged(each, 3_600_000, NOW));
    const around = { scope: { found: 4 }, isCut: true, details: 'Details: kubectl get reports -n NAMESPACE -o yaml' };
    expectScreen('fleet', 'todo-k8s fleet -A', renderReleases(rows, { ...fileStyle(), columns: 80 }, around));
  });
});

test('there is a screen for each state, and no other', () => {
  expect(readdirSync(FOLDER).filter((file) => file.endsWith('.txt')).sort()).toEqual([...written].sort());
});

function withoutKubeconfig(text: string): string {
  return stableString(text).replaceAll(/ --kubeconfig[ =]KUBECONFIG/g, '');
}
