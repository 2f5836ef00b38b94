/**
 * Every cause that the doctor knows is shown by at least one state of the healthy deployment with one fault in it: named
 * first by the doctor without a topic, at the object that has it.
 */
import { describe, expect, test } from '@jest/globals';
import { CAUSES } from '../../src/causes/catalogue.js';
import { diagnosed } from '../support/diagnosed.js';
import type { Target } from '../../src/contract/target.js';
import { callsOf } from '../support/calls.js';
import { TARGET } from '../support/check-context.js';
import { expectReadable } from '../support/readable.js';
import { POD_NAMES } from '../support/healthy.js';
import { SHOWN } from './shown/all.js';

const POD = `Pod ${POD_NAMES[0]}`;
const BACKEND = 'todo-chatbot-backend';

/** Whose fault it is, by cause or by group; all others are a pod's. */
const OBJECTS_OF: readonly (readonly [pattern: RegExp, object: string])[] = [
  [/^ingress\//, 'Ingress todo'],
  [/^(?:cluster\/unreachable|minikube\/stopped)$/, 'Cluster minikube'],
  [/^(?:cluster\/node-not-ready|memory\/node-pressure)$/, 'Node minikube'],
  [/^(?:evidence|namespace)\//, 'Namespace default'],
  [/^deployment\/autoscaler-too-low$/, 'HorizontalPodAutoscaler todo'],
  [
    /^(?:deployment|rollout)\/|^db\/(?:url-hardcoded|pod-dns-config|client-variable)$/,
    `Deployment ${BACKEND}`,
  ],
  [/^helm\//, 'Release todo-chatbot'],
  [/^frontend\//, 'Deployment todo-chatbot-frontend'],
  [/^cors\//, `Service ${BACKEND}`],
  [/^admission\//, `ReplicaSet ${BACKEND}-6d5f9c7b4d`],
  [
    /^db\/(?:url|sslmode)-|^db\/(?:driver-mismatch|credentials-stale|placeholder|shell-line)$/,
    `Secret ${BACKEND}-secret`,
  ],
  [/^db\/other-variable$/, 'Secret pg'],
  [/^db\/egress-blocked$/, 'NetworkPolicy backend-egress'],
  [/^service\/ingress-blocked$/, 'NetworkPolicy deny-all'],
  [/^service\/(?!bound-to-loopback)|^health\/database-(?:down|replaced)$/, `Service ${BACKEND}`],
  [/^(?:memory\/pool-too-large|config\/stale)$/, `ConfigMap ${BACKEND}-config`],
  [/^metrics\//, 'APIService v1beta1.metrics.k8s.io'],
];

describe('found first, with the right object', () => {
  // A row as one object: Jest takes a parameter that a row does not fill for `done`.
  test.each(SHOWN.map(([cause, change, circumstances]) => ({ cause, change, circumstances })))(
    '$cause',
    async ({ cause, change, circumstances }) => {
      const { diagnoses } = await diagnosed(change, circumstances);
      const [first] = diagnoses;
      const object = first?.object ? `${first.object.kind} ${first.object.name}` : 'none';
      expect([first?.cause, object]).toEqual([
        cause,
        OBJECTS_OF.find(([pattern]) => pattern.test(cause))?.[1] ?? POD,
      ]);
    },
  );
});

describe('what is told of it', () => {
  const there = {
    context: 'other',
    kubeconfig: '/tmp/k8s config',
    own: { doctor: ' --context=other', loadbalance: ' --context=other', verify: ' --context=other' },
  };
  const managed = [
    ['by Helm', () => undefined],
    ['by hand', (target: Target) => void (target.helm = undefined)],
    [
      'by Helm, with a chart that has no values',
      (target: Target) =>
        void (target.helm = { chart: 'todo-chatbot-0.1.0', revision: 1, status: 'deployed', values: [] }),
    ],
    ['by Helm, from another namespace', (target: Target) => void (target.releaseNamespace = 'releases')],
  ] as const;

  test.each(managed)('can be pasted where the application is managed %s', async (_how, manage) => {
    for (const [, change, circumstances] of SHOWN) {
      const { diagnoses, results } = await diagnosed(
        (evidence, _contract, target) => {
          change(evidence);
          manage(target);
        },
        { ...circumstances, shell: there },
      );
      expectReadable(results, diagnoses);
      const { releaseNamespace = 'default' } = ((target: Target) => (manage(target), target))({ ...TARGET });
      for (const call of callsOf(results, diagnoses)) {
        if (call.startsWith('kubectl '))
          expect(call).toMatch(/^kubectl --context other --kubeconfig '\/tmp\/k8s config' /);
        if (call.startsWith('helm ')) {
          expect(`${call} `).toContain(" --kube-context other --kubeconfig '/tmp/k8s config' ");
          expect(call).toContain(` -n ${releaseNamespace} `);
        }
        if (call.startsWith('todo-k8s ') && !call.startsWith('todo-k8s checks '))
          expect(call).toContain(' --context=other');
      }
    }
  });
});

test('no cause is left out', () => {
  const shown = new Set<string>(SHOWN.map(([cause]) => cause));
  expect(CAUSES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});
