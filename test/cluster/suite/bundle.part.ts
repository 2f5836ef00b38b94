/** What `collect` takes from a real cluster, served again: kubectl sees in it what it saw there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { besideFaults } from './campaign.js';
import { kubectl, PROGRAM, run } from './cluster.js';
import { HOME } from './home.js';
import { BACKEND } from './stage.js';
import { inContext, todo } from './verify.js';

const LIMIT_MS = 120_000;

describe('a bundle of the healthy state', () => {
  besideFaults();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-served-'));
  const bundle = path.join(folder, 'bundle.tgz');
  let lab: ChildProcess;
  let kubeconfig = '';
  const onBundle = (words: string[]) =>
    run('kubectl', ['--kubeconfig', kubeconfig, '--cache-dir', folder, '-n', HOME.namespace, ...words]);
  const onCluster = (words: string[]) => kubectl(['-n', HOME.namespace, ...words]);

  beforeAll(async () => {
    const { code, stderr } = await todo(['collect', ...inContext(['-n', HOME.namespace]), '-o', bundle]);
    if (code !== 0) throw new Error(`collect ended with ${code}: ${stderr}`);
    // As from a shell: Jest sets NODE_ENV, which the program under test would take notice of.
    const env = { ...process.env, NODE_ENV: undefined, NODE_OPTIONS: undefined };
    lab = spawn(process.execPath, [PROGRAM, 'lab', bundle], { stdio: ['pipe', 'pipe', 'inherit'], env });
    const [said] = (await once(lab.stdout ?? lab, 'data')) as [Buffer];
    kubeconfig = /KUBECONFIG=(\S+)/.exec(said.toString())?.[1] ?? '';
  }, LIMIT_MS);

  afterAll(async () => {
    const gone = once(lab, 'exit');
    lab.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  // EndpointSlices are recorded as one list of addresses, under a name of the bundle's own: compared below.
  test.each(['deployments', 'pods', 'services', 'configmaps', 'replicasets'])(
    'kubectl get %s: the same names',
    async (kind) => {
      const labelled = ['get', kind, '-l', 'app.kubernetes.io/name=todo-chatbot', '-o', 'name'];
      const { code, stdout } = await onBundle(labelled);
      const there = await onCluster(labelled);
      expect(there).not.toBe('');
      expect({ code, stdout }).toEqual({ code: 0, stdout: there });
    },
    LIMIT_MS,
  );

  test(
    'kubectl get endpointslices: the same addresses',
    async () => {
      const addresses = ['get', 'endpointslices', '-o', 'jsonpath={.items[*].endpoints[*].addresses[0]}'];
      const of = ['-l', `kubernetes.io/service-name=${BACKEND}`];
      const [{ stdout }, there] = [
        await onBundle([...addresses, ...of]),
        await onCluster([...addresses, ...of]),
      ];
      expect(there).not.toBe('');
      expect(stdout.split(' ').sort()).toEqual(there.split(' ').sort());
    },
    LIMIT_MS,
  );

  test.each([
    ['deployment', BACKEND],
    ['service', BACKEND],
    ['secret', `${BACKEND}-secret`],
    ['node', ''],
  ])(
    'kubectl describe %s',
    async (kind, name) => {
      const { code, stdout, stderr } = await onBundle(['describe', kind, ...(name ? [name] : [])]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(name ? new RegExp(`^Name: +${name}$`, 'm') : /^Name:/m);
    },
    LIMIT_MS,
  );

  test(
    'kubectl describe pod and logs: the same image, and the same first line',
    async () => {
      const [pod = ''] = (
        await onCluster(['get', 'pods', '-l', 'app.kubernetes.io/component=backend', '-o', 'name'])
      ).split('\n');
      const described = await onBundle(['describe', pod]);
      expect(described.code).toBe(0);
      expect(/^ +Image: .*$/m.exec(described.stdout)?.[0]).toBe(
        /^ +Image: .*$/m.exec(await onCluster(['describe', pod]))?.[0],
      );
      const { code, stdout } = await onBundle(['logs', pod]);
      const [first] = (await onCluster(['logs', pod])).split('\n');
      expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first });
    },
    LIMIT_MS,
  );
});
