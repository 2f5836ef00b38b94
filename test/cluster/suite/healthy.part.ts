/** The healthy state: verify is clean on every way to the cluster, and says what kubectl and HTTP say. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { LOAD_CHECKS } from '../../../src/checks/of-load-run.js';
import type { Report } from '../../../src/engine/report.js';
import { Account } from './account.js';
import { kubectl, OWN, PROJECT, run } from './cluster.js';
import { compare, verifyLab } from './conformance.js';
import { doctorHome, HOME, verifyHome } from './home.js';
import { verifyInPod } from './in-cluster.js';
import { MinikubeContext } from './minikube-context.js';
import { BACKEND } from './stage.js';
import { complaints, inContext, notPassed, PATIENT, result, todo } from './verify.js';

const LABEL = 'app.kubernetes.io/component=backend';
const LIMIT_MS = 120_000;

describe('healthy', () => {
  let report: Report;
  const message = (id: string) => result(report, id).message;
  const get = (...args: string[]) => kubectl(['-n', HOME.namespace, 'get', ...args]);
  const jsonpath = (what: string[], template: string) => get(...what, '-o', `jsonpath=${template}`);

  beforeAll(async () => {
    const verified = await verifyHome();
    report = verified.report;
    if (verified.code !== 0) console.error(complaints(report));
  }, LIMIT_MS);

  test('verify exits 0 with no warning and nothing unknown', () => {
    expect(notPassed(report)).toEqual({});
    expect(report.summary.blocked).toBe(0);
    expect(report.exitCode).toBe(0);
    expect(report.notices).toEqual([]);
  });

  test(
    'doctor names no cause',
    async () => {
      const { report: diagnosed, code } = await doctorHome();
      expect(diagnosed.diagnoses).toEqual([]);
      expect(diagnosed.unexplained).toEqual([]);
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );

  test('every check is in the report; only what needs a frontend is skipped', () => {
    const checks = path.join(PROJECT, 'src/checks');
    const ids = readdirSync(checks, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[a-z-]+\/[a-z][a-z-]*\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((id) => !LOAD_CHECKS.some(({ meta }) => meta.id === id));
    expect(report.checks.map(({ id }) => id).sort()).toEqual(ids.sort());
    const skipped = report.checks.filter(({ status }) => status === 'skip').map(({ id }) => id);
    expect(skipped.sort()).toEqual([
      'config/auth-secret-matches-frontend',
      'config/frontend-backend-url',
      'functional/cors',
    ]);
  });

  test('the lab’s healthy state gets the same verdicts, check by check', async () => {
    const lab = await verifyLab('healthy');
    expect(compare(lab.report, report, [])).toEqual([]);
  });

  describe('says what kubectl prints', () => {
    test('kubectl version', async () => {
      const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json'])) as {
        serverVersion: { gitVersion: string };
      };
      expect(report.target.kubernetesVersion).toBe(serverVersion.gitVersion);
      expect(message('cluster/reachable')).toContain(serverVersion.gitVersion);
    });

    test('kubectl get deployment: READY 2/2, UP-TO-DATE 2, AVAILABLE 2', async () => {
      const [, row = ''] = (await get('deployment', BACKEND)).split('\n');
      const [name, ready, upToDate, available] = row.split(/\s+/);
      expect([name, ready, upToDate, available]).toEqual([BACKEND, '2/2', '2', '2']);
      expect(message('deployment/rollout-complete')).toBe('2 of 2 replicas ready, up to date, available');
      expect(message('deployment/exists')).toBe(name);
    });

    test('kubectl get pods: Running, READY 1/1, RESTARTS', async () => {
      const rows = (await get('pods', '-l', LABEL, '--no-headers')).trim().split('\n');
      const columns = rows.map((row) => row.split(/\s+/));
      expect(columns.map(([, ready, status]) => [ready, status])).toEqual([
        ['1/1', 'Running'],
        ['1/1', 'Running'],
      ]);
      expect(columns.every(([, , , restarts]) => restarts === '0')).toBe(true);
      expect(message('pods/running')).toBe('2 pods Running');
      expect(message('pods/ready')).toBe('2 of 2 pods Ready');
      expect(message('pods/restarts')).toBe('no restart in 2 pods');
    });

    test('kubectl get replicaset: the newest owns all pods', async () => {
      const [name] = (
        await get('replicaset', '-l', LABEL, '--no-headers', '--sort-by=.metadata.creationTimestamp')
      )
        .trim()
        .split('\n')
        .map((row) => row.split(/\s+/))
        .filter(([, desired]) => desired === '2')
        .map(([first]) => first);
      expect(message('pods/same-revision')).toContain(name);
    });

    test('kubectl get service: NodePort 8000:30081/TCP', async () => {
      const [, row = ''] = (await get('service', BACKEND)).split('\n');
      const [, type, address, , ports] = row.split(/\s+/);
      expect([type, ports]).toEqual(['NodePort', `8000:${HOME.nodePort}/TCP`]);
      expect(message('service/type')).toBe(type);
      expect(message('service/ports')).toContain(String(HOME.nodePort));
      expect(message('network/service-dns')).toContain(address);
    });

    test('kubectl get endpoints: one address for each pod', async () => {
      const template = '{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}';
      const listed = await jsonpath(
        ['endpointslices', '-l', `kubernetes.io/service-name=${BACKEND}`],
        template,
      );
      const addresses = await jsonpath(['pods', '-l', LABEL], '{.items[*].status.podIP}');
      expect(listed.split(' ').sort()).toEqual(addresses.split(' ').sort());
      expect(message('load-balancing/endpoints')).toBe('2 ready endpoints for 2 ready pods');
    });

    test('kubectl describe: image, resources, strategy', async () => {
      const image = await jsonpath(['deployment', BACKEND], '{..containers[0].image}');
      const policy = await jsonpath(['deployment', BACKEND], '{..containers[0].imagePullPolicy}');
      expect(message('deployment/image')).toBe(`${image}, ${policy}`);
      const strategy = JSON.parse(await jsonpath(['deployment', BACKEND], '{.spec.strategy}')) as {
        type: string;
        rollingUpdate: { maxSurge: number; maxUnavailable: number };
      };
      const { maxSurge, maxUnavailable } = strategy.rollingUpdate;
      expect(message('deployment/strategy')).toBe(
        `${strategy.type}, maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}`,
      );
    });

    test('kubectl get secret: type, keys and lengths, and no value', async () => {
      const secret = JSON.parse(await get('secret', `${BACKEND}-secret`, '-o', 'json')) as {
        type: string;
        data: Record<string, string>;
      };
      expect(message('config/secret')).toContain(`${secret.type}, ${Object.keys(secret.data).length} keys`);
      const values = Object.values(secret.data).map((value) => Buffer.from(value, 'base64').toString());
      expect(message('config/auth-secret-length')).toBe(
        `BETTER_AUTH_SECRET of ${Buffer.from(secret.data.BETTER_AUTH_SECRET ?? '', 'base64').length} characters`,
      );
      for (const value of values) expect(JSON.stringify(report)).not.toContain(value);
    });

    test('kubectl logs | grep -i database: connected, no error', async () => {
      const pods = (await jsonpath(['pods', '-l', LABEL], '{.items[*].metadata.name}')).split(' ');
      for (const pod of pods) {
        const lines = (await kubectl(['-n', HOME.namespace, 'logs', pod]))
          .split('\n')
          .filter((line) => /database/i.test(line));
        expect(lines.filter((line) => line.includes('established'))).toHaveLength(1);
        expect(lines.filter((line) => /error|fail/i.test(line))).toEqual([]);
      }
      expect(message('functional/database-logs')).toBe('connected in 2 pods, no errors since');
    });

    test.each([
      ['/api/health', 200, 'functional/health'],
      ['/docs', 200, 'functional/api-docs'],
      ['/api/tasks', 401, 'functional/auth-required'],
    ])('curl %s: %d', async (url, status, id) => {
      const base = report.target.route?.url ?? '';
      const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '10', `${base}${url}`];
      expect((await run('curl', args)).stdout).toBe(String(status));
      expect(message(id)).toContain(`HTTP ${status}`);
    });
  });

  describe('loadbalance', () => {
    test(
      'a thousand requests: exit 0, none lost, an even spread over both pods',
      async () => {
        // The confidence is such that an even spread is not called uneven once in a hundred runs of this suite.
        const args = [
          '-n',
          HOME.namespace,
          '--requests',
          '1000',
          '--confidence',
          '0.9999',
          '--timeout',
          '30s',
        ];
        const { code, stdout } = await todo(['loadbalance', ...inContext(args), '-o', 'json']);
        const { load, checks } = JSON.parse(stdout) as Report;
        expect(
          checks.filter(({ status }) => status !== 'pass').map(({ id, message }) => [id, message]),
        ).toEqual([]);
        expect(load?.pods).toHaveLength(2);
        expect(load?.pods.reduce((sum, { requests }) => sum + requests, 0)).toBe(1000);
        expect(code).toBe(0);
      },
      LIMIT_MS,
    );

    // It has the NodePort of the release in `default` written into it.
    (OWN ? test : test.skip)(
      'the count of each pod is that of its log, also among somebody else’s requests',
      async () => {
        const script = path.join(PROJECT, 'test/cluster/load-counts');
        const { code, stdout } = await run(script, ['10', '1000'], { timeoutMs: LIMIT_MS });
        expect(stdout.match(/equal: \w+/g)).toEqual(['equal: yes', 'equal: yes']);
        expect(code).toBe(0);
      },
      LIMIT_MS,
    );
  });

  describe('the same on other ways', () => {
    test.each(['proxy', 'port-forward'])(
      '--via %s: clean; what that way cannot prove is skipped, not passed',
      async (via) => {
        const { report: other, code } = await verifyHome(['--via', via]);
        expect(notPassed(other)).toEqual({});
        expect(code).toBe(0);
        expect(other.target.route?.via).toBe(via);
        expect(
          ['functional/node-port', 'load-balancing/distribution'].map((id) => result(other, id).status),
        ).toEqual(['skip', 'skip']);
      },
      LIMIT_MS,
    );

    (OWN ? test : test.skip)(
      '--context minikube, from a kubeconfig as Minikube writes it',
      async () => {
        const context = new MinikubeContext();
        try {
          await context.write();
          const args = ['--kubeconfig', context.kubeconfig, '--context', 'minikube'];
          const { report: other, code } = await verifyHome(args);
          expect(notPassed(other)).toEqual({});
          expect(code).toBe(0);
          expect(other.target.context).toBe('minikube');
        } finally {
          context.remove();
        }
      },
      LIMIT_MS,
    );

    test(
      '--no-exec: clean, what needs exec is skipped',
      async () => {
        const { report: other } = await verifyHome(['--no-exec', ...PATIENT]);
        expect(notPassed(other)).toEqual({});
        expect(
          ['network/service-dns', 'network/database-egress'].map((id) => result(other, id).status),
        ).toEqual(['skip', 'skip']);
      },
      LIMIT_MS,
    );

    // The image of the pods has no Node.js: the machine's own is mounted into one, which only this folder's node allows.
    (OWN ? test : test.skip)(
      'in a pod, with the printed Role and nothing else',
      async () => {
        const account = new Account(HOME.namespace);
        await account.create();
        try {
          const { report: other, code } = await verifyInPod(HOME.namespace);
          expect(notPassed(other)).toEqual({});
          expect(code).toBe(0);
          expect(other.target.context).toBe('in-cluster');
        } finally {
          await account.remove();
        }
      },
      LIMIT_MS,
    );
  });
});
