/** Pods that are never made, because the API server refuses them, and pods that their node ends. */
import { until } from '../cluster.js';
import { BACKEND, type PodItem, type Stage } from '../stage.js';
import { event, execInPod, isReady, kubectl, podsShow, rolledOut, type Fault, type Step } from './fault.js';
import { container, waited } from './tools.js';

/** Objects of the whole cluster, which therefore bear the name of the stage's namespace, and concern nobody else. */
const clusterWide = (stage: Stage) => ({
  metadata: { name: stage.namespace },
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': stage.namespace } },
});

/** The API server acts on a new policy or webhook a moment after it was stored. */
const refusedOnTrial = (words: string): Step => ({
  shown: `wait: kubectl run --dry-run=server is refused: ${words}`,
  run: (stage) =>
    until(`a refusal: ${words}`, 60, async () => {
      const tried = ['run', 'trial', '--image=todo-chatbot-backend:latest', '--dry-run=server'];
      const said = await stage.kubectl(tried).catch((error: unknown) => String(error));
      return said.includes(words);
    }),
});

const applied = (shown: string, objects: (stage: Stage) => object[]): Step => ({
  shown: `kubectl apply, ${shown}`,
  run: async (stage) => {
    for (const object of objects(stage)) await stage.kubectl(['apply', '-f', '-'], JSON.stringify(object));
  },
});

const deletedOfStage = (kinds: string): Step => ({
  shown: `kubectl delete ${kinds} <namespace>`,
  run: (stage) => stage.kubectl(['delete', kinds, stage.namespace, '--ignore-not-found']),
});

const POLICY = 'validatingadmissionpolicy,validatingadmissionpolicybinding';
const WEBHOOK = 'validatingwebhookconfiguration';

const NEW_PODS = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

const restart = kubectl(`rollout restart deployment/${BACKEND}`);
const undoRestart = kubectl(`rollout undo deployment/${BACKEND}`);

/** Phase Succeeded where the application ended well when it was asked to. */
const hasEnded = ({ status }: PodItem) => ['Failed', 'Succeeded'].includes(status.phase);
const withoutEnded = kubectl(
  'delete pods --field-selector=status.phase!=Running,status.phase!=Pending --now',
);

export const MORE_REFUSED: Fault[] = [
  {
    name: 'policy of the cluster that refuses the pods',
    steps: [
      applied('a ValidatingAdmissionPolicy against the tag latest, bound to the namespace', (stage) => {
        const { metadata, namespaceSelector } = clusterWide(stage);
        const apiVersion = 'admissionregistration.k8s.io/v1';
        return [
          {
            apiVersion,
            kind: 'ValidatingAdmissionPolicy',
            metadata,
            spec: {
              failurePolicy: 'Fail',
              matchConstraints: { resourceRules: [NEW_PODS] },
              validations: [
                {
                  expression: "object.spec.containers.all(each, !each.image.endsWith(':latest'))",
                  message: 'images must not use the tag latest',
                },
              ],
            },
          },
          {
            apiVersion,
            kind: 'ValidatingAdmissionPolicyBinding',
            metadata,
            spec: {
              policyName: stage.namespace,
              validationActions: ['Deny'],
              matchResources: { namespaceSelector },
            },
          },
        ];
      }),
      refusedOnTrial('images must not use the tag latest'),
      restart,
    ],
    symptom: event('images must not use the tag latest'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/policy-denied',
    object: 'ReplicaSet',
    undo: [deletedOfStage(POLICY), undoRestart],
  },
  {
    name: 'admission webhook that nobody serves',
    steps: [
      applied('a ValidatingWebhookConfiguration for the namespace, of a Service that is gone', (stage) => {
        const { metadata, namespaceSelector } = clusterWide(stage);
        return [
          {
            apiVersion: 'admissionregistration.k8s.io/v1',
            kind: 'ValidatingWebhookConfiguration',
            metadata,
            webhooks: [
              {
                name: 'pods.example.com',
                admissionReviewVersions: ['v1'],
                sideEffects: 'None',
                failurePolicy: 'Fail',
                timeoutSeconds: 5,
                namespaceSelector,
                rules: [NEW_PODS],
                clientConfig: { service: { name: 'gone', namespace: stage.namespace } },
              },
            ],
          },
        ];
      }),
      refusedOnTrial('failed calling webhook'),
      restart,
    ],
    symptom: event('failed calling webhook'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/webhook-unreachable',
    object: 'ReplicaSet',
    undo: [deletedOfStage(WEBHOOK), undoRestart],
  },
  {
    name: 'PriorityClass that does not exist',
    steps: [container('priorityClassName: todo-critical', {}, { priorityClassName: 'todo-critical' })],
    symptom: event('no PriorityClass with name'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/priority-class-missing',
    object: 'ReplicaSet',
    undo: [container('without it', {}, { priorityClassName: null })],
  },
  {
    name: 'pod evicted for what it wrote to its disk',
    steps: [
      container('a limit of 4Mi of ephemeral storage', {
        resources: { limits: { 'ephemeral-storage': '4Mi' } },
      }),
      waited(rolledOut),
      execInPod('sh', '-c', 'head -c 20000000 /dev/zero > /tmp/cache'),
      // The kubelet looks every ten seconds; it measures less often.
      waited(event('ephemeral local storage', 150)),
    ],
    symptom: podsShow('a pod that has ended, and two that are ready', 120, (pods) => {
      const [ended, others] = [pods.filter(hasEnded), pods.filter((pod) => !hasEnded(pod))];
      return ended.length > 0 && others.length === 2 && others.every(isReady);
    }),
    expect: { warn: ['pods/running'] },
    cause: 'storage/ephemeral-full',
    object: 'Pod',
    undo: [container('without it', { resources: { limits: { 'ephemeral-storage': null } } }), withoutEnded],
  },
];
