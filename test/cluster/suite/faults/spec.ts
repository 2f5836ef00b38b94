/** A Deployment that runs, and is not what the contract says: these roll out without a complaint. */
import { BACKEND } from '../stage.js';
import { kubectl, podsShow, readySeconds, rolledOut, upgrade, type Fault, type Step } from './fault.js';

const CONTAINER = '/spec/template/spec/containers/0';
const API = 'todo-chatbot-api';

/** `kubectl patch`, taking away one thing of the container; the next `helm upgrade` puts it back. */
const without = (field: string) =>
  kubectl(`patch deployment ${BACKEND} --type=json -p=[{"op":"remove","path":"${CONTAINER}/${field}"}]`);

interface Named {
  metadata: Record<string, unknown>;
}

/** A Deployment cannot be renamed: the same is created under another name, and the first one deleted. */
const renamed: Step = {
  shown: `kubectl get deployment ${BACKEND} -o json, created again as ${API}; kubectl delete deployment ${BACKEND}`,
  async run(stage) {
    const { metadata, ...rest } = await stage.json<Named>(['get', 'deployment', BACKEND]);
    const { labels, namespace, annotations } = metadata;
    await stage.kubectl(['delete', 'deployment', BACKEND]);
    await stage.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({ ...rest, metadata: { name: API, labels, namespace, annotations } }),
    );
    await stage.kubectl(['rollout', 'status', `deployment/${API}`, '--timeout=90s']);
  },
};

export const SPEC: Fault[] = [
  {
    name: 'ConfigMap not given to the container',
    steps: [without('envFrom/0')],
    symptom: rolledOut,
    expect: { fail: ['deployment/environment'], warn: ['config/unreferenced-keys'] },
    cause: null,
    twin: { scenario: 'config-not-wired' },
  },
  {
    name: 'no liveness probe',
    steps: [without('livenessProbe')],
    symptom: rolledOut,
    expect: { fail: ['deployment/liveness-probe'] },
    cause: null,
    twin: { scenario: 'liveness-missing' },
  },
  {
    name: 'no requests and no limits',
    steps: [without('resources')],
    symptom: rolledOut,
    expect: { fail: ['deployment/resources'] },
    cause: 'memory/no-limit',
    object: 'Pod',
    twin: { scenario: 'resources-missing' },
  },
  {
    name: 'no security context',
    steps: [without('securityContext')],
    symptom: rolledOut,
    expect: { fail: ['deployment/security-context'] },
    cause: null,
    twin: { scenario: 'runs-as-root' },
  },
  {
    name: 'another image tag, which runs',
    steps: [upgrade('backend.image.tag=1.3.0')],
    symptom: rolledOut,
    expect: { fail: ['deployment/image'] },
    cause: null,
    twin: { scenario: 'image-tag-wrong' },
    own: true,
  },
  {
    name: 'Deployment of another name',
    steps: [renamed],
    // All endpoints have changed at once: the node's rules follow a moment later.
    symptom: podsShow('all pods have been ready for 5 s', 60, (pods) =>
      pods.every((pod) => readySeconds(pod) > 5),
    ),
    expect: { fail: ['deployment/name'] },
    cause: null,
    undo: [kubectl(`delete deployment ${API}`)],
    twin: { scenario: 'deployment-misnamed' },
  },
];
