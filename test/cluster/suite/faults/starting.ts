/** Pods that do not start: image, configuration, admission, scheduling. The old pods go on serving unless said otherwise. */
import { BACKEND } from '../stage.js';
import {
  apply,
  deletePod,
  event,
  kubectl,
  labelNamespace,
  unschedulable,
  upgrade,
  waiting,
  type Fault,
} from './fault.js';
import { noPods, STUCK } from './tools.js';

export const STARTING: Fault[] = [
  {
    name: 'image tag that does not exist',
    steps: [upgrade('backend.image.tag=v9')],
    symptom: waiting('ErrImagePull', 'ImagePullBackOff'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/registry-unreachable',
    object: 'Pod',
    twin: { scenario: 'image-pull' },
  },
  {
    name: 'local image never loaded into the node',
    steps: [upgrade('backend.image.repository=todo-chatbot-backend-new')],
    symptom: waiting('ErrImagePull', 'ImagePullBackOff'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/local-image-pulled',
    object: 'Pod',
  },
  {
    name: 'pull policy Always for a local image',
    steps: [upgrade('backend.image.pullPolicy=Always')],
    symptom: waiting('ErrImagePull', 'ImagePullBackOff'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/local-image-pulled',
    object: 'Pod',
  },
  {
    name: 'pull policy Never, image not there',
    steps: [upgrade('backend.image.pullPolicy=Never', 'backend.image.tag=v9')],
    symptom: waiting('ErrImageNeverPull'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/never-pull-missing',
    object: 'Pod',
  },
  {
    name: 'invalid image name',
    steps: [upgrade('backend.image.repository=Todo-Chatbot-Backend')],
    symptom: waiting('InvalidImageName'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/invalid-name',
    object: 'Pod',
  },
  {
    name: 'Secret missing',
    steps: [kubectl(`delete secret ${BACKEND}-secret`), deletePod],
    symptom: waiting('CreateContainerConfigError'),
    expect: { fail: ['config/secret', ...STUCK] },
    cause: 'config/secret-missing',
    object: 'Pod',
    twin: { scenario: 'secret-missing' },
  },
  {
    name: 'ConfigMap missing',
    steps: [kubectl(`delete configmap ${BACKEND}-config`), deletePod],
    symptom: waiting('CreateContainerConfigError'),
    expect: { fail: ['config/configmap', ...STUCK] },
    cause: 'config/configmap-missing',
    object: 'Pod',
  },
  {
    name: 'container that would run as root',
    steps: [
      kubectl(
        `patch deployment ${BACKEND} --type=json -p=[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext/runAsUser","value":0}]`,
      ),
    ],
    symptom: waiting('CreateContainerConfigError'),
    expect: { fail: ['deployment/security-context', ...STUCK] },
    cause: 'config/runs-as-root',
    object: 'Pod',
  },
  {
    name: 'requests too large',
    steps: [upgrade('backend.resources.requests.memory=900Gi', 'backend.resources.limits.memory=900Gi')],
    symptom: unschedulable('Insufficient memory'),
    expect: { fail: ['deployment/resources', ...STUCK] },
    cause: 'scheduling/insufficient-memory',
    object: 'Pod',
    twin: {
      scenario: 'unschedulable',
      differs: {
        'deployment/resources':
          'there the node is full; here the request was raised above what the contract says',
      },
    },
  },
  {
    name: 'node selector that no node has',
    steps: [upgrade('backend.nodeSelector.disk=fast')],
    symptom: unschedulable("didn't match Pod's node affinity/selector"),
    expect: { fail: STUCK },
    cause: 'scheduling/node-selector',
    object: 'Pod',
  },
  {
    name: 'volume claim that does not exist',
    steps: [
      kubectl(
        `patch deployment ${BACKEND} -p {"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]}}}}`,
      ),
    ],
    symptom: unschedulable('persistentvolumeclaim "data" not found'),
    expect: { fail: STUCK },
    cause: 'scheduling/volume',
    object: 'Pod',
    undo: [kubectl(`patch deployment ${BACKEND} -p {"spec":{"template":{"spec":{"volumes":null}}}}`)],
  },
  {
    name: 'node cordoned while a pod moves',
    steps: [kubectl('cordon minikube'), deletePod],
    symptom: unschedulable('unschedulable'),
    expect: { fail: STUCK, warn: ['cluster/nodes-ready'] },
    cause: 'scheduling/cordoned',
    object: 'Pod',
    undo: [noPods, kubectl('uncordon minikube')],
    alone: true,
  },
  {
    name: 'quota exceeded',
    steps: [kubectl('create quota two --hard=pods=2'), kubectl(`rollout restart deployment/${BACKEND}`)],
    symptom: event('exceeded quota'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/quota-exceeded',
    object: 'ReplicaSet',
    undo: [kubectl('delete quota two'), kubectl(`rollout undo deployment/${BACKEND}`)],
  },
  {
    name: 'limit range exceeded',
    steps: [
      apply('a LimitRange of at most 512Mi', {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small' },
        spec: { limits: [{ type: 'Container', max: { memory: '512Mi' } }] },
      }),
      kubectl(`rollout restart deployment/${BACKEND}`),
    ],
    symptom: event('maximum memory usage per Container'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/limit-range',
    object: 'ReplicaSet',
    undo: [kubectl('delete limitrange small'), kubectl(`rollout undo deployment/${BACKEND}`)],
  },
  {
    name: 'Pod Security forbids the pods',
    steps: [
      labelNamespace('pod-security.kubernetes.io/enforce=restricted'),
      kubectl(`rollout restart deployment/${BACKEND}`),
    ],
    symptom: event('violates PodSecurity'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/pod-security',
    object: 'ReplicaSet',
    undo: [
      labelNamespace('pod-security.kubernetes.io/enforce-'),
      kubectl(`rollout undo deployment/${BACKEND}`),
    ],
  },
  {
    name: 'ServiceAccount that does not exist',
    steps: [
      kubectl(`patch deployment ${BACKEND} -p {"spec":{"template":{"spec":{"serviceAccountName":"todo"}}}}`),
    ],
    symptom: event('serviceaccount "todo" not found'),
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'admission/service-account-missing',
    object: 'ReplicaSet',
    undo: [
      kubectl(
        `patch deployment ${BACKEND} -p {"spec":{"template":{"spec":{"serviceAccountName":null,"serviceAccount":null}}}}`,
      ),
    ],
  },
];
