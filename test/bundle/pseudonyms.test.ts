import { describe, expect, jest, test } from '@jest/globals';
import { isIPv4, isIPv6 } from 'node:net';
import Collect from '../../src/commands/collect.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { createPseudonyms } from '../../src/evidence/bundle/pseudonyms.js';
import { startLab } from '../../src/lab/lab.js';
import { bundleBytes, runCommand, temporaryFolder } from './support.js';

jest.setTimeout(60_000);

const KEY = Buffer.alloc(32, 7);
const hide = createPseudonyms(KEY, {
  hosts: ['worker-3', 'db', '10.0.0.5', 'todo-chatbot-backend'],
  users: ['anna@prod'],
  keep: ['todo-chatbot-backend', 'default'],
});

function network(address: string, bits: number): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, bits);
}

describe('host names', () => {
  test('become the same token everywhere, whatever their case', () => {
    const token = hide('db.corp.example');
    expect(token).toMatch(/^host-[0-9a-f]{8}$/);
    expect(hide('could not resolve "DB.Corp.Example" (db.corp.example:5432)')).toBe(
      `could not resolve "${token}" (${token}:5432)`,
    );
    expect(createPseudonyms(KEY, { hosts: [], users: [], keep: [] })('db.corp.example')).toBe(token);
    const other = createPseudonyms(Buffer.alloc(32, 8), { hosts: [], users: [], keep: [] });
    expect(other('db.corp.example')).not.toBe(token);
  });

  test('of known machines go without a domain, as words of their own', () => {
    expect(hide('node worker-3 is gone')).toMatch(/^node host-[0-9a-f]{8} is gone$/);
    expect(hide('db-migrate, mydb, db')).toMatch(/^db-migrate, mydb, host-[0-9a-f]{8}$/);
  });

  test('of providers keep what a diagnosis must know', () => {
    const direct = hide('ep-lab-meadow-a1b2c3.eu-central-1.aws.neon.tech');
    const pooled = hide('ep-lab-meadow-a1b2c3-pooler.eu-central-1.aws.neon.tech');
    expect(direct).toMatch(/^host-[0-9a-f]{8}\.neon\.tech$/);
    expect(pooled).toBe(direct.replace('.neon', '-pooler.neon'));
  });

  test.each([
    'app.kubernetes.io/component',
    'todo-chatbot-backend.default.svc.cluster.local',
    'docker.io/library/todo-chatbot-backend:latest',
    'localhost:30081',
    'minikube',
    'main.py line 3',
    'v1.34.1',
    '2026-02-09T14:05:00Z',
    'sha256:8f0d8a4ff1f2',
    'containerd://1.7.27',
    'sqlalchemy.exc.OperationalError',
  ])('%s is none, or nobody’s', (text) => expect(hide(text)).toBe(text));
});

describe('addresses', () => {
  test('stay addresses, in the networks in which they were', () => {
    const [a, b, c] = ['10.244.1.5', '10.244.1.6', '10.99.0.1'].map(hide);
    for (const address of [a, b, c]) expect(isIPv4(address ?? '')).toBe(true);
    expect(new Set([a, b, c, '10.244.1.5', '10.244.1.6']).size).toBe(5);
    expect(network(a ?? '', 24)).toBe(network(b ?? '', 24));
    expect(network(a ?? '', 16)).not.toBe(network(c ?? '', 16));
    const [cidr = '', bits] = hide('10.244.0.0/16').split('/');
    expect(bits).toBe('16');
    expect(network(cidr, 16)).toBe(network(a ?? '', 16));
    expect(cidr).toMatch(/\.0\.0$/);
  });

  test.each(['192.168.49.2', '172.20.1.1', '100.64.3.4', '169.254.1.1'])(
    '%s stays as private as it is',
    (address) => {
      const bits = address.startsWith('172') ? 12 : address.startsWith('100') ? 10 : 16;
      expect(network(hide(address), bits)).toBe(network(address, bits));
      expect(hide(address)).not.toBe(address);
    },
  );

  test.each([
    '127.0.0.1',
    '0.0.0.0/0',
    '255.255.255.255',
    '::1',
    '::',
    '::/0',
    '1.2.3',
    '1.2.3.4.5',
    '14:05:00',
  ])('%s is the same everywhere, or none', (text) => expect(hide(text)).toBe(text));

  test('of IPv6 as well, and inside URLs', () => {
    const address = hide('fd00:1234::5');
    expect(isIPv6(address)).toBe(true);
    expect(address).not.toBe('fd00:1234::5');
    expect(hide('http://[fd00:1234::5]:8000/x')).toBe(`http://[${address}]:8000/x`);
    expect(hide('http://10.244.1.5:8000/x')).toBe(`http://${hide('10.244.1.5')}:8000/x`);
  });
});

test('users: in messages, in addresses of mail, in folders, and the name of a context', () => {
  const user = hide('User "jane" cannot list pods');
  expect(user).toMatch(/^User "user-[0-9a-f]{8}" cannot list pods$/);
  expect(hide('password authentication failed for user "jane"')).toContain(/user-\w+/.exec(user)?.[0] ?? '-');
  expect(hide('mail jane.doe@corp.example')).toMatch(/^mail user-[0-9a-f]{8}$/);
  expect(hide('/home/jane/.kube/config')).toMatch(/^\/home\/user-[0-9a-f]{8}\/\.kube\/config$/);
  expect(hide('context "anna@prod"')).toMatch(/^context "user-[0-9a-f]{8}"$/);
});

test.each(['healthy', 'egress-blocked', 'database-down', 'node-not-ready', 'forbidden-secrets'])(
  'a bundle of %s without names is judged as the one with them',
  async (name) => {
    const { file, remove } = temporaryFolder();
    process.env.XDG_DATA_HOME = file('data');
    const lab = await startLab(name);
    try {
      const access = ['--kubeconfig', lab.kubeconfigPath];
      await runCommand(Collect, [...access, '-o', file('plain.tgz')]);
      await runCommand(Collect, [...access, '-o', file('hidden.tgz'), '--pseudonymize']);
      const reports = [];
      for (const bundle of ['plain.tgz', 'hidden.tgz']) {
        const { stdout } = await runCommand(Verify, ['--from', file(bundle), '-o', 'json']);
        reports.push((JSON.parse(stdout) as Report).checks.map(({ id, status }) => ({ id, status })));
      }
      expect(reports[1]).toEqual(reports[0]);
      const record = ['--record', file('recorded.tgz'), '--pseudonymize'];
      const live = await runCommand(Verify, [...access, ...record]);
      const again = await runCommand(Verify, ['--from', file('recorded.tgz')]);
      expect(again.exitCode).toBe(live.exitCode);
      const recorded = (await bundleBytes(file('recorded.tgz'))).toString();
      expect(recorded).not.toContain(lab.kubeconfigPath);
      const plain = (await bundleBytes(file('plain.tgz'))).toString();
      const hidden = (await bundleBytes(file('hidden.tgz'))).toString();
      for (const telling of ['10.244.0.5', 'ep-lab-meadow', '10.96.113.7', 'User "lab"', 'minikube-m02']) {
        if (name === 'healthy' && telling.startsWith('1')) expect(plain).toContain(telling);
        expect(hidden).not.toContain(telling);
        expect(recorded).not.toContain(telling);
      }
    } finally {
      delete process.env.XDG_DATA_HOME;
      await lab.close();
      remove();
    }
  },
);
