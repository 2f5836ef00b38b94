/** Helm as it is: what the newest stored revision came to, and what it asked for, through the lab and the commands. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import Doctor from '../../src/commands/doctor/pods.js';
import Verify from '../../src/commands/verify.js';
import type { CheckResult, Report } from '../../src/engine/report.js';
import { helmRelease } from '../../src/lab/helm-release.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { Secret, World } from '../../src/lab/world.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

const { file, remove } = temporaryFolder();
let lab: Lab | undefined;
afterEach(() => lab?.close());
afterAll(remove);

interface Stored {
  revision: number;
  status: string;
  description?: string;
  /** Laid over what the user passed. */
  backend?: object;
  hooks?: object[];
}

/** One revision as Helm stores it. */
function stored({ revision, status, description = '', backend = {}, hooks = [] }: Stored): Secret {
  const secret = helmRelease(Date.now() - 600_000, {});
  const packed = Buffer.from(secret.data.release ?? '', 'base64').toString();
  const release = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as {
    info: object;
    config: object;
  };
  const changed = {
    ...release,
    version: revision,
    info: { ...release.info, status, description },
    config: { backend },
    hooks,
  };
  const data = Buffer.from(gzipSync(JSON.stringify(changed)).toString('base64')).toString('base64');
  return {
    ...secret,
    metadata: {
      ...secret.metadata,
      name: `sh.helm.release.v1.todo-chatbot.v${revision}`,
      uid: `release-${revision}`,
      labels: { ...secret.metadata.labels, version: String(revision), status },
    },
    data: { release: data },
  };
}

const hook = (name: string, phase: string, event: string) => ({
  name,
  kind: 'Job',
  path: `todo-chatbot/templates/${name}.yaml`,
  events: [event],
  last_run: { started_at: '2026-02-09T14:00:00Z', completed_at: '2026-02-09T14:01:00Z', phase },
});

interface Told {
  exitCode: number | undefined;
  check: (id: string) => CheckResult | undefined;
  report: Report;
}

/** @param revisions in place of the lab's own; @param change of the world besides */
async function verified(
  revisions: Secret[],
  { change = () => undefined, more = [] }: { change?: (world: World) => void; more?: string[] } = {},
): Promise<Told> {
  lab = await startLab();
  await lab.change((world) => {
    world.manifests.missing.add('release');
    world.others.secrets = [...(world.others.secrets ?? []), ...revisions] as never;
    change(world);
  });
  const { stdout, stderr, exitCode } = await runCommand(Verify, [
    ...['--kubeconfig', lab.kubeconfigPath, '-o', 'json'],
    ...more,
  ]);
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  return { exitCode, report, check: (id) => report.checks.find((each) => each.id === id) };
}

const said = (check: CheckResult | undefined) => check?.findings.map(({ message }) => message).join('\n');

describe('a release in the middle of an operation', () => {
  test('pending-upgrade: told, and the way back to the revision before it', async () => {
    const { exitCode, check } = await verified([
      stored({ revision: 1, status: 'deployed' }),
      stored({ revision: 2, status: 'pending-upgrade' }),
    ]);
    expect(exitCode).toBe(1);
    expect(said(check('deployment/release'))).toBe(
      'revision 2 of release todo-chatbot is pending-upgrade: the next helm upgrade will be refused',
    );
    expect(check('deployment/release')?.remedy).toContain('helm rollback todo-chatbot -n default');
    expect(check('deployment/release')?.remedy).toMatch(/ 1$/);
  });

  test('pending-install: there is nothing to go back to but itself', async () => {
    const { check } = await verified([stored({ revision: 1, status: 'pending-install' })]);
    expect(check('deployment/release')).toMatchObject({ status: 'fail' });
    expect(check('deployment/release')?.remedy).toMatch(/^helm rollback todo-chatbot .*1(?: |$)/);
  });

  test('the hook that it waits for has a name', async () => {
    const { check } = await verified([
      stored({ revision: 1, status: 'deployed' }),
      stored({
        revision: 2,
        status: 'pending-upgrade',
        hooks: [
          hook('todo-seed', 'Succeeded', 'pre-upgrade'),
          hook('todo-migrate', 'Running', 'pre-upgrade'),
        ],
      }),
    ]);
    expect(said(check('deployment/release'))).toBe(
      'revision 2 of release todo-chatbot is pending-upgrade, and its pre-upgrade hook Job todo-migrate has not ended: the next helm upgrade will be refused',
    );
    expect(check('deployment/release')?.remedy).toContain('logs job/todo-migrate --all-containers --tail=50');
  });
});

describe('a release that failed', () => {
  const failed = (more: Partial<Stored> = {}) => [
    stored({ revision: 1, status: 'deployed' }),
    stored({ revision: 2, status: 'failed', ...more }),
  ];

  test('is judged by what was asked for last, and Helm is quoted', async () => {
    const description = 'Upgrade "todo-chatbot" failed: context deadline exceeded';
    const { check } = await verified(failed({ description, backend: { replicaCount: 3 } }));
    // The frame is Helm's, and says what stands before it.
    expect(said(check('deployment/release'))).toContain('has failed: context deadline exceeded; its objects');
    expect(check('deployment/replicas')?.findings[0]?.data).toMatchObject({ expected: 3 });
  });

  test.each(['Failed', 'Unknown'])('its hook that ended as %s has a name, for doctor too', async (phase) => {
    const { check } = await verified(
      failed({
        description:
          'Upgrade "todo-chatbot" failed: pre-upgrade hooks failed: timed out waiting for the condition',
        hooks: [hook('todo-migrate', phase, 'pre-upgrade')],
      }),
    );
    expect(said(check('deployment/release'))).toMatch(/; its pre-upgrade hook Job todo-migrate failed;/);
    const { stdout, exitCode } = await runCommand(Doctor, [
      ...['--kubeconfig', lab?.kubeconfigPath ?? '', '-o', 'json'],
    ]);
    const { diagnoses } = JSON.parse(stdout) as {
      diagnoses: { cause: string; summary: string; fix: { command: string | null }[] }[];
    };
    expect(exitCode).toBe(1);
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['helm/failed']);
    expect(diagnoses[0]?.summary).toMatch(/Its pre-upgrade hook Job todo-migrate failed\.$/);
    const commands = diagnoses[0]?.fix.map(({ command }) => command) ?? [];
    expect(commands[0]).toMatch(/^kubectl .*-n default logs job\/todo-migrate/);
    expect(commands[1]).toMatch(/^helm rollback todo-chatbot/);
  });

  test.each([
    ['text', 'none'],
    ['a list of nothing', [null, 7, 'x']],
    ['hooks without a run', [{ kind: 'Job', name: 'x', events: null }]],
  ])('hooks that are %s are none', async (_name, hooks) => {
    const { check } = await verified(failed({ hooks: hooks as object[] }));
    expect(said(check('deployment/release'))).not.toContain('hook');
  });
});

describe('where nothing says what is expected', () => {
  const empty = (data: Record<string, string> | undefined) => [
    { ...stored({ revision: 1, status: 'deployed' }), data } as Secret,
  ];

  test.each<[string, Secret[]]>([
    ['no revision is stored', []],
    ['the revision has no data', empty(undefined)],
    ['the revision is damaged', empty({ release: Buffer.from('%%%').toString('base64') })],
  ])('%s: unknown, unless --contract says it', async (_name, revisions) => {
    const { exitCode, check } = await verified(revisions);
    expect([exitCode, check('deployment/release')?.status]).toEqual([3, 'unknown']);
    await lab?.close();
    const contract = file('contract.yaml');
    writeFileSync(contract, 'backend:\n  replicaCount: 2\n');
    const declared = await verified(revisions, { more: ['--contract', contract] });
    expect(declared.exitCode).toBe(0);
  });
});

test('values may change, not what the written contract demands of them', async () => {
  const { exitCode, check } = await verified(
    [stored({ revision: 2, status: 'deployed', backend: { service: { type: 'ClusterIP' } } })],
    {
      change: ({ manifests }) => {
        manifests.service.spec.type = 'ClusterIP';
        for (const port of manifests.service.spec.ports ?? []) delete port.nodePort;
      },
    },
  );
  expect(exitCode).toBe(1);
  expect(check('service/type')?.status).toBe('fail');
  expect(said(check('service/type'))).toMatch(/ClusterIP/);
});

describe('what the written contract demands outright is not for a release to change', () => {
  const probe = (path: string) => ({ httpGet: { path, port: 8000 } });
  test.each<[string, object, string, (world: World) => void]>([
    [
      'the node port',
      { service: { nodePort: 30090 } },
      'service/ports',
      ({ manifests }) => {
        for (const port of manifests.service.spec.ports ?? []) port.nodePort = 30_090;
      },
    ],
    [
      'where the liveness probe asks',
      { livenessProbe: probe('/') },
      'deployment/liveness-probe',
      ({ manifests }) => Object.assign(backend(manifests).livenessProbe?.httpGet ?? {}, { path: '/' }),
    ],
    [
      'how often the readiness probe may fail',
      { readinessProbe: { failureThreshold: 30 } },
      'deployment/readiness-probe',
      ({ manifests }) => Object.assign(backend(manifests).readinessProbe ?? {}, { failureThreshold: 30 }),
    ],
    [
      'the user',
      { securityContext: { runAsUser: 0 } },
      'deployment/security-context',
      ({ manifests }) => Object.assign(backend(manifests).securityContext ?? {}, { runAsUser: 0 }),
    ],
    [
      'the strategy',
      { strategy: { type: 'Recreate' } },
      'deployment/strategy',
      ({ manifests }) => Object.assign(manifests.deployment.spec, { strategy: { type: 'Recreate' } }),
    ],
  ])('%s', async (_name, values, id, change) => {
    const { exitCode, check } = await verified(
      [stored({ revision: 2, status: 'deployed', backend: values })],
      { change },
    );
    expect([exitCode, check(id)?.status]).toEqual([1, 'fail']);
  });

  test('the number of replicas is', async () => {
    const { check } = await verified(
      [stored({ revision: 2, status: 'deployed', backend: { replicaCount: 1 } })],
      { change: ({ manifests }) => Object.assign(manifests.deployment.spec, { replicas: 1 }) },
    );
    expect(check('deployment/replicas')?.status).toBe('pass');
  });
});

function backend({ deployment }: World['manifests']) {
  const [container] = deployment.spec.template.spec.containers;
  if (!container) throw new Error('no container');
  return container;
}
