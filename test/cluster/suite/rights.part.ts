/** What the printed Role allows, and what is said where a permission of it is missing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../../src/checks/index.js';
import type { EvidenceKey } from '../../../src/evidence/evidence.js';
import { Account, key } from './account.js';
import { besideFaults } from './campaign.js';
import { compare, verifyLab } from './conformance.js';
import { doctorHome, HOME, verifyHome } from './home.js';
import { blockedWithoutCause, notPassed, PATIENT, result } from './verify.js';

/** The checks that look at one of these facts themselves. */
const readersOf = (...facts: EvidenceKey[]): string[] =>
  CHECKS.filter(({ meta }) => facts.some((fact) => meta.reads.includes(fact))).map(({ meta }) => meta.id);

const OF_PODS = [
  ...readersOf('pods'),
  // What answers at the node port is this backend only where a pod’s name or log says so.
  'functional/api-docs',
  'functional/auth-required',
  'functional/health',
  'functional/node-port',
  'load-balancing/distribution',
];
const EXEC = ['network/database-egress', 'network/service-dns'];

/**
 * Each permission of the Role, and the checks that are unknown without it (blocked ones aside). Every other check
 * passes: no check may fail for want of a permission.
 */
const UNKNOWN_WITHOUT: Record<string, string[]> = {
  'list nodes': readersOf('nodes'),
  'list pods': OF_PODS,
  'list replicasets.apps': OF_PODS,
  'get deployments.apps': [
    ...new Set([
      ...OF_PODS,
      ...readersOf('deployment'),
      // The pod template says which variable comes from where.
      'config/auth-secret-length',
      'config/database-url',
      'config/secret',
    ]),
  ],
  'list deployments.apps': readersOf('frontend', 'frontendUrls', 'cors'),
  // Which port the endpoints have to have is what the Service says.
  'get services': readersOf('service'),
  'get configmaps': readersOf('configMap'),
  // The release is stored in Secrets, and what is expected rests on it.
  'get secrets': [...readersOf('secret'), 'deployment/release'],
  'get pods/log': ['functional/database-logs'],
  'get pods/exec': EXEC,
  'create pods/exec': EXEC,
  'list networkpolicies.networking.k8s.io': ['network/policies'],
  'list endpointslices.discovery.k8s.io': ['load-balancing/endpoints'],
  // Asked for only where the replicas are not those of the contract.
  'list horizontalpodautoscalers.autoscaling': [],
  // These find names; without them the written contract's are used, and it is said.
  'list services': [],
  'list configmaps': [],
  // The revisions of the release are found in a list; what is expected rests on the newest.
  'list secrets': ['deployment/release'],
};

/** Until Kubernetes 1.35 exec over WebSocket needed `get` alone. @param version such as `v1.35.4` */
function isNeeded(name: string, version: string | null): boolean {
  const minor = Number(/^v1\.(\d+)/.exec(version ?? '')?.[1]);
  return name !== 'create pods/exec' || minor >= 35;
}

describe('permissions', () => {
  besideFaults();
  const account = new Account(HOME.namespace);
  const verify = () => verifyHome(['--kubeconfig', account.kubeconfig, ...PATIENT]);

  beforeAll(async () => {
    await account.create();
  }, 60_000);

  afterAll(async () => {
    await account.remove();
  }, 60_000);

  test('the printed Role is enough', async () => {
    const { report, code } = await verify();
    expect(notPassed(report)).toEqual({});
    expect(code).toBe(0);
  }, 60_000);

  test('the table below has each permission of the Role', () => {
    expect(account.permissions().map(key).sort()).toEqual(Object.keys(UNKNOWN_WITHOUT).sort());
  });

  test.each(Object.entries(UNKNOWN_WITHOUT))(
    'without %s',
    async (name, touched) => {
      const permission = account.permissions().find((each) => key(each) === name);
      if (permission === undefined) throw new Error(`the Role has no ${name}`);
      await account.without([permission], async () => {
        const { report, code } = await verify();
        const ids = isNeeded(name, report.target.kubernetesVersion) ? touched : [];
        expect(notPassed(report)).toEqual({
          warn: ['cluster/permissions'],
          ...(ids.length > 0 && { unknown: [...ids].sort() }),
        });
        expect(code).toBe(ids.length > 0 ? 3 : 0);
        expect(blockedWithoutCause(report)).toEqual([]);
        expect(report.notices.some((notice) => notice.includes('Helm release'))).toBe(
          name.endsWith('secrets'),
        );
        for (const id of [...ids, 'cluster/permissions']) {
          const { message, findings } = result(report, id);
          const said = [message, ...findings.map((finding) => finding.message)].join('\n');
          expect(said).toContain(permission.verb);
          expect(said).toContain(permission.resource);
        }
      });
    },
    90_000,
  );

  test.each([
    ['forbidden-exec', 'pods/exec'],
    ['forbidden-secrets', 'secrets'],
  ])(
    'the lab’s scenario %s gets the same verdicts, check by check',
    async (scenario, resource) => {
      const permissions = account.permissions().filter((each) => each.resource === resource);
      await account.without(permissions, async () => {
        const [{ report }, lab] = await Promise.all([verify(), verifyLab(scenario)]);
        expect(compare(lab.report, report, [])).toEqual([]);
      });
    },
    90_000,
  );
});

describe('permissions of the doctor', () => {
  besideFaults();
  const account = new Account(HOME.namespace);
  const doctor = () => doctorHome(['--kubeconfig', account.kubeconfig, ...PATIENT]);

  beforeAll(() => account.create(['--doctor']), 60_000);
  afterAll(() => account.remove(), 60_000);

  test('the printed Role is enough', async () => {
    expect(await doctor()).toMatchObject({ code: 0, report: { diagnoses: [], unexplained: [] } });
  }, 60_000);

  test.each(['pods/exec', 'pods/log', 'secrets', 'events'])(
    'without rights to %s it names them, and no other cause',
    async (resource) => {
      const missing = account.permissions().filter((each) => each.resource === resource);
      await account.without(missing, async () => {
        const { report, code } = await doctor();
        expect(new Set(report.diagnoses?.map(({ cause }) => cause))).toEqual(new Set(['evidence/forbidden']));
        expect(JSON.stringify(report.diagnoses)).toContain(resource);
        expect(code).toBe(3);
      });
    },
    90_000,
  );
});
