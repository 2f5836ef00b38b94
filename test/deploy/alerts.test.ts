/** The metrics of two runs go through a real Pushgateway into a real Prometheus, whose alert fires and clears. Needs Debian's prometheus and prometheus-pushgateway. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Verify from '../../src/commands/verify.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { runCommand } from '../bundle/support.js';
import { freePort } from '../support/ports.js';

const ALERTS = path.resolve('deploy/helm/todo-k8s/files/alerts.yaml');
const PROGRAMS = ['prometheus', 'prometheus-pushgateway'];
const isThere = PROGRAMS.every((program) => spawnSync(program, ['--version']).status === 0);
/** Milliseconds until Prometheus has asked, and has judged what it was told; it does both every second. */
const PATIENCE_MS = 60_000;

interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: string;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

(isThere ? describe : describe.skip)('a real Prometheus', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-alerts-'));
  const children: ChildProcess[] = [];
  let gateway = '';
  let prometheus = '';
  let lab: Lab;

  const start = (program: string, ...args: string[]) =>
    children.push(spawn(program, args, { cwd: folder, stdio: 'ignore' }));

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const limit = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look().catch(() => undefined);
      if (seen !== undefined) return seen;
      if (performance.now() > limit) throw new Error(`waited in vain for ${what}`);
      await sleep(200);
    }
  }
  const isReady = (url: string) =>
    until(`${url} to be ready`, async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined));

  beforeAll(async () => {
    const [gatewayPort, prometheusPort] = [await freePort(), await freePort()];
    gateway = `http://127.0.0.1:${gatewayPort}`;
    prometheus = `http://127.0.0.1:${prometheusPort}`;
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [ALERTS],
      scrape_configs: [
        {
          job_name: 'pushgateway',
          honor_labels: true,
          static_configs: [{ targets: [`127.0.0.1:${gatewayPort}`] }],
        },
      ],
    };
    writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
    start('prometheus-pushgateway', `--web.listen-address=127.0.0.1:${gatewayPort}`);
    start(
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    );
    [lab] = await Promise.all([startLab(), isReady(gateway), isReady(prometheus)]);
  }, PATIENCE_MS);

  afterAll(async () => {
    for (const child of children) child.kill();
    await Promise.all(children.map(ended));
    await lab.close();
    rmSync(folder, { recursive: true });
  });

  const verify = () =>
    runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '--publish', `pushgateway=${gateway}`]);
  const alerts = async () => {
    const answer = (await (await fetch(`${prometheus}/api/v1/alerts`)).json()) as {
      data: { alerts: Alert[] };
    };
    return answer.data.alerts.filter(({ state }) => state === 'firing');
  };
  /** Value of an expression of one series; undefined where there is none. */
  const value = async (expression: string) => {
    const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
    return answer.data.result[0]?.value[1];
  };

  test(
    'the alert fires for the check that fails, and clears after the run in which it passes',
    async () => {
      await lab.change((world) => (world.manifests.deployment.spec.replicas = 3));
      expect((await verify()).exitCode).toBe(1);
      const [first, ...more] = await until('the alert to fire', async () => {
        const firing = await alerts();
        return firing.length > 0 ? firing : undefined;
      });
      expect([first, ...more].map((each) => each?.labels.alertname)).toContain('TodoBackendCheckFailed');
      const own = [first, ...more].find((each) => each?.labels.id === 'deployment/replicas');
      expect(own?.labels).toMatchObject({
        namespace: 'default',
        release: 'todo-chatbot',
        severity: 'critical',
      });
      expect(own?.annotations.summary).toBe(
        'default/todo-chatbot does not keep its contract: deployment/replicas',
      );
      await lab.change((world) => (world.manifests.deployment.spec.replicas = 2));
      expect((await verify()).exitCode).toBe(0);
      await until('the second run to be seen', async () =>
        (await value('todo_k8s_run_exit_code{command="verify"}')) === '0' ? true : undefined,
      );
      await until('the alert to clear', async () => ((await alerts()).length === 0 ? true : undefined));
    },
    3 * PATIENCE_MS,
  );
});
