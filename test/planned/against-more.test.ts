/** verify --against: autoscalers, and a bundle in place of a cluster. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import Collect from '../../src/commands/collect.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { runCommand } from '../bundle/support.js';
import { against, file, inCluster, lab, nextFile, objects, within, type Objects } from './site.js';

test.each<[string, Record<string, unknown>, boolean, string, RegExp]>([
  [
    'replicas that an autoscaler owns',
    { minReplicas: 2, maxReplicas: 5 },
    true,
    'warn',
    /spec\.replicas is 2, and front keeps 2 to 5/,
  ],
  [
    'an autoscaler without CPU requests to go by',
    {
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
    false,
    'fail',
    /container todo-backend requests no CPU: it scales nothing/,
  ],
  ['a range that is upside down', { minReplicas: 6, maxReplicas: 5 }, true, 'fail', /it is refused/],
  [
    'another Deployment’s autoscaler',
    { scaleTargetRef: { name: 'other' }, maxReplicas: 5 },
    true,
    'pass',
    /^$/,
  ],
])('%s', async (_name, spec, hasRequests, status, says) => {
  const scaler = {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'front' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'todo-backend' }, ...spec },
  };
  const { install } = await within(inCluster('horizontalpodautoscalers.autoscaling', scaler), () =>
    against(
      objects((_all, template, deployment) => {
        deployment.replicas = 2;
        for (const each of template.spec.containers) if (!hasRequests) each.resources = {};
      }),
    ),
  );
  const check = install.find(({ id }) => id === 'install/autoscaler');
  expect(check?.status).toBe(status);
  expect(check?.findings.map(({ message }) => message).join('\n')).toMatch(says);
});

describe('against a bundle', () => {
  const recorded = async () => {
    const at = nextFile('there', 'tgz');
    const { exitCode } = await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '-o', at]);
    expect(exitCode).toBe(0);
    return at;
  };
  const planned = async (bundle: string, given: Objects) => {
    const at = nextFile('plan', 'yaml');
    writeFileSync(at, given.map((object) => stringify(object)).join('---\n'));
    const outcome = await runCommand(Verify, ['--manifests', at, '--against', bundle, '-o', 'json']);
    if (outcome.stdout === '') throw new Error(outcome.stderr);
    return (JSON.parse(outcome.stdout) as Report).checks.filter(({ suite }) => suite === 'install');
  };

  test('what it holds is judged, what it does not hold is skipped with the reason', async () => {
    const bundle = await recorded();
    const install = await planned(
      bundle,
      objects((_all, { spec }, deployment) => {
        deployment.selector = { matchLabels: { app: 'other' } };
        for (const each of spec.containers)
          Object.assign(each, { image: 'nobody:1', imagePullPolicy: 'Never' });
      }),
    );
    const status = (id: string) => install.find((each) => each.id === id)?.status;
    expect(['install/selector', 'install/image'].map(status)).toEqual(['fail', 'fail']);
    for (const id of ['namespace', 'node-port', 'quota', 'limit-range', 'pod-security', 'ownership'])
      expect(install.find((each) => each.id === `install/${id}`)).toMatchObject({
        status: 'skip',
        message: expect.stringContaining('--against live asks'),
      });
  });

  test('one that is none is refused', async () => {
    const at = file('none.tgz');
    writeFileSync(at, 'no bundle');
    const plan = file('plan0.yaml');
    writeFileSync(
      plan,
      objects()
        .map((object) => stringify(object))
        .join('---\n'),
    );
    const { exitCode } = await runCommand(Verify, ['--manifests', plan, '--against', at]);
    expect(exitCode).toBe(2);
  });
});
