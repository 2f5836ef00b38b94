/** `loadbalance --workers`, with recorded logs of workers in place of their pods. */
import { afterEach, expect, test } from '@jest/globals';
import { captureOutput } from '@oclif/test';
import { parse } from 'yaml';
import { findReleases } from '../../src/cli/find-releases.js';
import { planWorkers, runWorkers, type WorkersPlan } from '../../src/cli/workers.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import { createKubernetesClient } from '../../src/evidence/kubernetes/create-client.js';
import type { KubernetesClient } from '../../src/evidence/kubernetes/client.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { resultLine } from '../../src/load/workers/result.js';
import { sendAsWorker } from '../../src/load/workers/send.js';
import type { WorkerSpec } from '../../src/load/workers/spec.js';

const ROOT = process.cwd();
const PODS = '/api/v1/namespaces/default/pods';
let lab: Lab;
afterEach(() => lab.close());

interface Stage {
  plan: WorkersPlan;
  written: string[];
  said: string[];
  run: (
    logs: (worker: number) => string,
    signal?: AbortSignal,
    keep?: boolean,
  ) => ReturnType<typeof runWorkers>;
}

/** The lab's release, with pods of a Job that the lab does not run. @param phase of each worker's pod */
async function onStage(
  use: (stage: Stage) => Promise<void>,
  phase = 'Succeeded',
  workers = 2,
): Promise<void> {
  lab = await startLab('healthy');
  const client = await createKubernetesClient(
    { kubeconfig: lab.kubeconfigPath, requestTimeoutMs: 5000 },
    process.env,
  );
  const { signal } = new AbortController();
  const flags = { 'request-timeout': 5000, 'all-releases': false, exec: false };
  const options = { exec: false, requestTimeoutMs: 5000, probeTimeoutMs: 5000 };
  const session = await findReleases(client, flags, options, signal);
  const [release] = session.releases;
  if (release === undefined) throw new Error('no release was found');
  try {
    const input = {
      workers,
      requests: 20,
      concurrency: 5,
      path: '/api/health',
      timeoutMs: 2000,
      image: 'example/todo-k8s:1',
    };
    const plan = await planWorkers(release, input, signal);
    const written: string[] = [];
    const said: string[] = [];
    const pod = (worker: number) => ({
      metadata: {
        name: `${plan.name}-${worker}`,
        annotations: { 'batch.kubernetes.io/job-completion-index': String(worker) },
      },
      spec: { nodeName: `node-${worker}`, containers: [{ name: 'load' }] },
      status: {
        phase,
        containerStatuses: [{ name: 'load', state: { waiting: { reason: 'ImagePullBackOff' } } }],
      },
    });
    await use({
      plan,
      written,
      said,
      run: (logs, ended = signal, keep = false) => {
        const staged: KubernetesClient = {
          ...client,
          list: (path, aborted, list) =>
            path === PODS && list.labelSelector === `todo-k8s/load=${plan.name}`
              ? Promise.resolve(
                  Array.from({ length: workers }, (_, worker) => list.pick(pod(worker))).filter(
                    (each) => each !== undefined,
                  ),
                )
              : client.list(path, aborted, list),
          logs: (where, more, aborted) =>
            where.name.startsWith(plan.name)
              ? Promise.resolve({ text: logs(Number(where.name.at(-1))), truncated: false })
              : client.logs(where, more, aborted),
        };
        const writer = {
          apply: (path: string) => Promise.resolve(written.push(`apply ${path}`)).then(() => ({})),
          remove: (path: string) => Promise.resolve(void written.push(`remove ${path}`)),
        };
        const say = (line: string) => said.push(line);
        return runWorkers({ client: staged, writer, release, plan, keep, signal: ended, say });
      },
    });
  } finally {
    await session.close();
    await client.close();
  }
}

/** What workers really count, sent to the lab's node port in place of every way. */
async function logsOf(spec: WorkerSpec, workers: number, broken?: string): Promise<string[]> {
  const { hostname, port } = new URL(lab.url);
  const ways = spec.ways.map((way) => ({
    ...way,
    host: hostname,
    port: broken !== undefined && way.node === broken ? 1 : Number(port),
  }));
  const { signal } = new AbortController();
  return Promise.all(
    Array.from(
      { length: workers },
      async (_, worker) =>
        `2026-01-01T00:00:00Z ${resultLine(await sendAsWorker({ ...spec, ways }, worker, signal))}\n`,
    ),
  );
}

test('results are added up by way, node and pod; the Job is made and removed', async () => {
  await onStage(async ({ plan, run, written }) => {
    expect(plan.spec.ways.map(({ name }) => name)).toEqual(['ClusterIP', 'minikube']);
    const logs = await logsOf(plan.spec, 2);
    const report = await run((worker) => logs[worker] ?? '');
    expect(report.findings).toEqual([]);
    expect(report.exitCode).toBe(0);
    expect(report.spread.map(({ sent, good }) => [sent, good])).toEqual([
      [40, 40],
      [40, 40],
    ]);
    expect(report.spread[0]?.from).toEqual([
      { node: 'node-0', sent: 20, good: 20 },
      { node: 'node-1', sent: 20, good: 20 },
    ]);
    expect(report.pods.reduce((sum, { requests }) => sum + requests, 0) + report.unattributed).toBe(80);
    expect(report.unattributed).toBe(0);
    expect(written).toEqual([`apply ${plan.jobPath}`, `remove ${plan.jobPath}`]);
  });
});

test('a node whose port does not answer is named', async () => {
  await onStage(async ({ plan, run }) => {
    const logs = await logsOf(plan.spec, 2, 'minikube');
    const report = await run((worker) => logs[worker] ?? '');
    expect(report.exitCode).toBe(1);
    expect(report.findings[0]?.summary).toMatch(
      /^node minikube, port http:.* answers nobody: connection refused 40×/,
    );
    expect(report.findings[0]?.fix).toBe(
      'kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=minikube',
    );
  });
});

test('a worker that prints nothing of use is told with its last line, harmless', async () => {
  await onStage(async ({ run, written }) => {
    const report = await run(() => 'no idea\n\u001b[31mError: boom\n');
    expect(report.exitCode).toBe(3);
    expect(report.findings[0]?.summary).toBe(
      'worker 0 has no result: its log has none that adds up; it ends with: Error: boom',
    );
    expect(written).toHaveLength(2);
  });
});

test('interrupted while pods wait: the Job is removed all the same', async () => {
  await onStage(async ({ plan, run, written }) => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(new Error('interrupted')), 50);
    await expect(run(() => '', ending.signal)).rejects.toThrow();
    expect(written.at(-1)).toBe(`remove ${plan.jobPath}`);
  }, 'Pending');
});

test('--keep leaves it there, and says how to remove it', async () => {
  await onStage(async ({ plan, run, written, said }) => {
    await run(() => '', undefined, true);
    expect(written).toEqual([`apply ${plan.jobPath}`]);
    expect(said.at(-1)).toBe(`kept Job ${plan.name}: kubectl -n default delete job ${plan.name} removes it`);
  });
});

test('without --apply the Job is printed, and nothing else is done', async () => {
  lab = await startLab('healthy');
  const argv = [
    '--kubeconfig',
    lab.kubeconfigPath,
    '--workers',
    '3',
    '--image',
    'example/todo-k8s:1',
    '--requests',
    '7',
  ];
  const { stdout, stderr } = await captureOutput(() => Loadbalance.run(argv, { root: ROOT }));
  const job = parse(stdout) as {
    kind: string;
    spec: { completions: number; template: { spec: { containers: { image: string; args: string[] }[] } } };
  };
  expect(job.kind).toBe('Job');
  expect(job.spec.completions).toBe(3);
  const [container] = job.spec.template.spec.containers;
  expect(container?.image).toBe('example/todo-k8s:1');
  expect(container?.args[0]).toBe('__send');
  expect((JSON.parse(container?.args[1] ?? '') as WorkerSpec).requests).toBe(7);
  expect(stderr).toContain('nothing was written');
});

test.each([
  [['--apply']],
  [['--workers', '2', '--keep']],
  [['--workers', '2', '--lab']],
  [['--workers', '2', '-o', 'html']],
  [['--workers', '0']],
])('wrong usage: %j', async (argv) => {
  lab = await startLab('healthy');
  const { stderr } = await captureOutput(() =>
    Loadbalance.run(['--kubeconfig', lab.kubeconfigPath, ...argv], { root: ROOT }),
  );
  expect(process.exitCode).toBe(2);
  expect(stderr).not.toBe('');
});
