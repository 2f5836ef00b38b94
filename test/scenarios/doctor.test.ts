/**
 * Every scenario of the lab through `doctor`: the cause that it names first, the exit code, the text as a person sees it
 * (doctor-goldens/<scenario>.txt, read them), and no secret in anything that was written.
 * What doctor recorded comes to the same report without a cluster, to the byte, but for durations; what `collect` reads
 * of the same state comes to the same causes, statuses and exit codes.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import Doctor from '../../src/commands/doctor/index.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { loadScenario, SCENARIO_NAMES, type ScenarioName } from '../../src/lab/scenarios/index.js';
import { renderDoctorText } from '../../src/report/doctor/text.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder, withoutDurations } from '../bundle/support.js';
import { doctor } from '../faults/support/doctor.js';
import { CANARIES, canaryForms } from './canaries.js';
import { expectExplained } from '../support/explained.js';
import { expectReadable } from '../support/readable.js';
import { expectGolden, expectPlace, stableText, withoutPlace } from './stable.js';

const GOLDENS = 'doctor-goldens';
const FILES = { json: 'r.json', yaml: 'r.yaml', junit: 'r.xml', markdown: 'r.md', github: 'r.gh', wide: 'r.wide', html: 'r.html', prometheus: 'r.prom', events: 'r.jsonl' };

/** What is named first, and the object; a scenario that is not here has nothing that lies deeper than its checks. */
const FIRST: Partial<Record<ScenarioName, [cause: string, object: string]>> = {
  'node-not-ready': ['cluster/node-not-ready', 'minikube-m02'],
  'forbidden-secrets': ['evidence/forbidden', 'default'],
  'forbidden-exec': ['evidence/forbidden', 'default'],
  'deployment-missing': ['deployment/missing', 'todo-chatbot-backend'],
  'resources-missing': ['memory/no-limit', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'liveness-path-wrong': ['health/wrong-path', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'readiness-port-wrong': ['health/wrong-port', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'image-pull': ['image/not-found', 'todo-chatbot-backend-7c8f5d9b6c-m5t9z'],
  'crash-loop': ['crash/permission-denied', 'todo-chatbot-backend-6d5f9c7b4d-m5t9z'],
  'oom-killed': ['memory/oom-killed', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'pod-not-ready': ['health/server-error', 'todo-chatbot-backend-6d5f9c7b4d-b8w7q'],
  unschedulable: ['scheduling/insufficient-memory', 'todo-chatbot-backend-6d5f9c7b4d-m5t9z'],
  'secret-missing': ['config/secret-missing', 'todo-chatbot-backend-6d5f9c7b4d-m5t9z'],
  'health-500': ['health/server-error', 'todo-chatbot-backend'],
  'health-degraded': ['health/database-down', 'todo-chatbot-backend'],
  'slow-health': ['health/too-slow', 'todo-chatbot-backend'],
  'service-missing': ['service/missing', 'todo-chatbot-backend'],
  'selector-mismatch': ['service/selector-mismatch', 'todo-chatbot-backend'],
  'node-port-wrong': ['service/wrong-node-port', 'todo-chatbot-backend'],
  'target-port-wrong': ['service/target-port-mismatch', 'todo-chatbot-backend'],
  'bound-to-loopback': ['health/bound-to-loopback', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'cluster-ip': ['service/wrong-type', 'todo-chatbot-backend'],
  'sslmode-prefer': ['db/sslmode-weak', 'todo-chatbot-backend-secret'],
  'database-url-newline': ['db/url-whitespace', 'todo-chatbot-backend-secret'],
  'docs-disabled': ['service/http-error', 'todo-chatbot-backend'],
  'auth-bypass': ['service/http-error', 'todo-chatbot-backend'],
  'database-log-errors': ['db/pool-exhausted', 'todo-chatbot-backend-6d5f9c7b4d-b8w7q'],
  'database-down': ['db/connection-refused', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'database-host-wrong': ['db/dns-wrong-host', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'database-password-wrong': ['db/authentication-failed', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'credentials-stale': ['db/credentials-stale', 'todo-chatbot-backend-secret'],
  'dns-broken': ['db/dns-failure', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'cors-refused': ['cors/origin-refused', 'todo-chatbot-backend'],
  'frontend-url-wrong': ['frontend/wrong-backend', 'todo-chatbot-frontend'],
  'egress-blocked': ['db/egress-blocked', 'backend-egress'],
  'database-without-tls': ['db/tls-rejected', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp'],
  'one-pod-unserved': ['service/proxy-broken', 'todo-chatbot-backend'],
  'image-without-python': ['evidence/unreadable', 'default'],
};

const { folder, file: inFolder, remove } = temporaryFolder();
const elsewhere = inFolder('elsewhere');
mkdirSync(elsewhere);
afterAll(remove);

describe.each(SCENARIO_NAMES)('%s', (name) => {
  test('names the cause first, live and from a bundle, is never greener than verify, and gives no secret away', async () => {
    const { expect: verified } = await loadScenario(name);
    const lab = await startLab(name, { secrets: { ...CANARIES } });
    const files = Object.entries(FILES).flatMap(([format, file]) => ['-o', `${format}=${path.join(folder, file)}`]);
    const at = ['--kubeconfig', lab.kubeconfigPath];
    let live, collected;
    try {
      live = await doctor('all', ...at, '--no-color', '--record', inFolder('recorded.tgz'), '--include-unredacted', ...files);
      collected = await runCommand(Collect, [...at, '--include-unredacted', '-o', inFolder('collected.tgz')]);
    } finally {
      await lab.close();
    }
    const { exitCode, stdout, stderr } = live;
    const written = Object.values(FILES).map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const report = JSON.parse(written[0] ?? '') as Report;

    const first = report.diagnoses?.[0];
    expect(first ? [first.cause, first.object?.name] : undefined).toEqual(FIRST[name]);
    expect(exitCode).toBe(report.exitCode);
    if (verified.fail) expect(exitCode).toBe(1);
    else if (verified.unknown) expect(exitCode).toBe(3);
    // A check that does not pass is told: with a cause, or by itself.
    const told = [...(report.unexplained ?? []), ...(report.diagnoses ?? []).flatMap(({ symptoms }) => symptoms)];
    const wrong = report.checks.filter(({ status }) => ['fail', 'warn', 'unknown'].includes(status)).map(({ id }) => id);
    expect(wrong.filter((id) => !told.includes(id))).toEqual([]);

    const everything = [stdout, stderr, ...written].join('\n');
    for (const form of canaryForms()) expect(everything.includes(form)).toBe(false);
    expectExplained(report, everything);
    expectGolden(GOLDENS, name, stableText(report, renderDoctorText));

    expect(stderr).toContain(`Recorded in ${inFolder('recorded.tgz')}`);
    const again = await replay('recorded.tgz');
    expect(again.exitCode).toBe(exitCode);
    expect(withoutDurations(withoutPlace(again.stdout))).toEqual(withoutDurations(withoutPlace(written[0] ?? '')));
    expectPlace(written[0] ?? '', `--kubeconfig ${lab.kubeconfigPath}`, `--kubeconfig=${lab.kubeconfigPath}`);
    expectPlace(again.stdout, '--context todo-k8s-lab', '--context=todo-k8s-lab');
    expect(again.stdout).not.toContain(lab.kubeconfigPath);
    expectReadable(report.checks, report.diagnoses);

    expect([0, 3]).toContain(collected.exitCode);
    const elsewhereRead = await replay('collected.tgz');
    expect(elsewhereRead.exitCode).toBe(exitCode);
    expect(outcome(JSON.parse(elsewhereRead.stdout) as Report)).toEqual(outcome(report));
  });
});

/** Doctor on a bundle that was moved to a folder of its own, without kubeconfig, home or cluster, and without secrets. */
async function replay(bundle: string) {
  const moved = path.join(elsewhere, bundle);
  renameSync(inFolder(bundle), moved);
  const bytes = await bundleBytes(moved);
  for (const form of canaryForms()) expect(bytes.includes(form)).toBe(false);
  return runWithoutCluster(Doctor, ['--from', moved, '-o', 'json'], elsewhere);
}

/** What two runs over the same state have in common: what was found, and what it means. */
function outcome({ checks, diagnoses, unexplained, exitCode, topics }: Report) {
  return {
    checks: checks.map(({ id, status }) => `${id} ${status}`),
    causes: diagnoses?.map(({ cause, verdict, object }) => [cause, verdict, object?.name]),
    hops: topics?.map(({ topic, path }) => [topic, ...path.map(({ hop, state }) => `${hop} ${state}`)]),
    unexplained,
    exitCode,
  };
}

test('there is a golden file for each scenario, and no other', () => {
  expect(readdirSync(path.join(import.meta.dirname, GOLDENS)).sort()).toEqual(SCENARIO_NAMES.map((name) => `${name}.txt`).sort());
});

describe('on the command line', () => {
  test('a topic alone draws its path', async () => {
    const { stdout, exitCode } = await doctor('memory', '--lab=oom-killed', '--no-color');
    expect(stdout).toMatch(/limit ─▶ killed ─▶ node ─▶ usage ─▶ trend\n\s+✔\s+✖\s+✔\s+✔\s+–\n/);
    expect(stdout).toContain('then      todo-k8s doctor memory --watch --lab=oom-killed');
    expect(exitCode).toBe(1);
  });

  test('--pod that does not exist is wrong usage, and the pods that do are named', async () => {
    const { stderr, exitCode } = await doctor('pods', '--lab', '--pod', 'x');
    expect(stderr).toContain("no pod of the backend is called 'x'; there are: todo-chatbot-backend-");
    expect(exitCode).toBe(2);
  });

  test('--observe tells the pace of memory use', async () => {
    const { stdout, exitCode } = await doctor('memory', '--lab', '--observe', '3s', '-o', 'json');
    const { topics } = JSON.parse(stdout) as Report;
    expect(topics?.[0]?.path.at(-1)).toMatchObject({ hop: 'trend', state: 'good', detail: expect.stringMatching(/Mi\/min/) });
    expect(exitCode).toBe(0);
  });

  test('--watch ends when all is well', async () => {
    const { stdout, exitCode } = await doctor('health', '--lab', '--watch', '--no-color');
    expect(stdout).toContain('healthy');
    expect(exitCode).toBe(0);
  });

  test('--strict: a cause that only warns fails the run', async () => {
    const { exitCode } = await doctor('memory', '--lab=resources-missing', '--strict', '-o', 'json');
    expect(exitCode).toBe(1);
  });
});
