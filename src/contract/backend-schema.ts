/** What a contract file can say of the backend. */
import { z } from 'zod';
import { DEFAULT_CONTRACT, type ProbeContract } from './contract.js';
import {
  oneOf,
  about,
  urlPath,
  port,
  seconds,
  integer,
  quantity,
  section,
  text,
  list,
  secretKey,
  intOrPercent,
} from './schema-fields.js';

const D = DEFAULT_CONTRACT;

function probe(name: string, does: string, d: ProbeContract, at: string) {
  return z
    .strictObject({
      type: oneOf('httpGet', 'tcpSocket', 'exec', 'grpc')
        .default(d.type)
        .meta(about(`How the ${name} probe asks.`, at)),
      path: urlPath()
        .default(d.path)
        .meta(about(`Path that the ${name} probe asks for with HTTP GET.`, at)),
      port: port()
        .default(d.port)
        .meta(about(`Container port that the ${name} probe asks.`, at)),
      initialDelaySeconds: seconds(0)
        .default(d.initialDelaySeconds)
        .meta(about('Seconds from the start of the container to the first probe.', at)),
      periodSeconds: seconds(1).default(d.periodSeconds).meta(about('Seconds between probes.', at)),
      timeoutSeconds: seconds(1)
        .default(d.timeoutSeconds)
        .meta(about('Seconds until a probe counts as failed.', at)),
      successThreshold: integer(1, 1000)
        .default(d.successThreshold)
        .meta(about('Successes in a row after a failure that count as healthy.', at)),
      failureThreshold: integer(1, 1000)
        .default(d.failureThreshold)
        .meta(about(`Failures in a row after which the kubelet ${does}.`, at)),
    })
    .prefault({})
    .meta(about(`The ${name} probe.`, at));
}

function compute(kind: string, d: { cpu: string; memory: string }) {
  return z
    .strictObject({
      cpu: quantity('500m')
        .default(d.cpu)
        .meta(about(`CPU ${kind} of each pod.`, section.resources)),
      memory: quantity('512Mi')
        .default(d.memory)
        .meta(about(`Memory ${kind} of each pod.`, section.resources)),
    })
    .prefault({})
    .meta(about(`Resource ${kind}s.`, section.resources));
}
const image = z
  .strictObject({
    repository: text(
      'an image repository without tag, such as todo-chatbot-backend',
      /^[a-z0-9][\w.\-/]*(:\d+\/[\w.\-/]+)?$/,
      400,
    )
      .default(D.backend.image.repository)
      .meta(about('Image repository.', section.image)),
    tag: text('an image tag such as latest or 1.4.0', /^\w[\w.-]*$/, 128)
      .default(D.backend.image.tag)
      .meta(about('Image tag.', section.image)),
    pullPolicy: oneOf('Always', 'IfNotPresent', 'Never')
      .default(D.backend.image.pullPolicy)
      .meta(about('Image pull policy.', section.image)),
  })
  .prefault({})
  .meta(about('The container’s image.', section.image));
const service = z
  .strictObject({
    type: oneOf('NodePort', 'ClusterIP', 'LoadBalancer', 'ExternalName')
      .default(D.backend.service.type)
      .meta(about('Service type.', section.serviceParameters)),
    port: port()
      .default(D.backend.service.port)
      .meta(about('Port of the Service.', section.serviceParameters)),
    targetPort: port()
      .default(D.backend.service.targetPort)
      .meta(about('Container port that the Service sends to.', section.service)),
    nodePort: port()
      .default(D.backend.service.nodePort)
      .meta(
        about(
          'Port on every node; clusters allow 30000 to 32767 unless told otherwise.',
          section.serviceParameters,
        ),
      ),
  })
  .prefault({})
  .meta(about('The Service.', section.service));
const securityContext = z
  .strictObject({
    runAsUser: integer(0, 2147483647)
      .default(D.backend.securityContext.runAsUser)
      .meta(about('UID that the container runs as.', section.security)),
    runAsNonRoot: z
      .boolean({ error: 'expected true or false' })
      .default(D.backend.securityContext.runAsNonRoot)
      .meta(about('The kubelet refuses to start the container as root.', section.security)),
    allowPrivilegeEscalation: z
      .boolean({ error: 'expected true or false' })
      .default(D.backend.securityContext.allowPrivilegeEscalation)
      .meta(about('Whether a process may gain more privileges than its parent.', section.security)),
    dropCapabilities: list(text('a capability such as ALL or NET_RAW', /^[A-Z][A-Z_]*$/, 64), 0)
      .default(D.backend.securityContext.dropCapabilities)
      .meta(about('Linux capabilities that are dropped.', section.security)),
  })
  .prefault({})
  .meta(about('The container’s security context.', section.security));
const environment = z
  .record(
    text('the name of an environment variable', /^[-._a-zA-Z][-._a-zA-Z0-9]*$/),
    text('a text of at most 4096 printable characters', /^[^\p{C}]*$/u, 4096),
    { error: 'expected a mapping of names to texts' },
  )
  .default(D.backend.env)
  .meta(about('Values that the ConfigMap holds. Never put a credential here.', section.environment));
export const backend = z
  .strictObject({
    replicaCount: integer(0, 10000)
      .default(D.backend.replicaCount)
      .meta(about('Number of pods.', section.replicas)),
    autoscaling: z
      .strictObject({
        minReplicas: integer(0, 10000)
          .default(D.backend.autoscaling.minReplicas)
          .meta(about('Least number of pods; 0 where no autoscaler owns them.', section.replicas)),
        maxReplicas: integer(0, 10000)
          .default(D.backend.autoscaling.maxReplicas)
          .meta(about('Largest number of pods; 0 where no autoscaler owns them.', section.replicas)),
      })
      .prefault({})
      .meta(about('The range of the HorizontalPodAutoscaler, where there is one.', section.replicas)),
    image,
    resources: z
      .strictObject({
        limits: compute('limit', D.backend.resources.limits),
        requests: compute('request', D.backend.resources.requests),
      })
      .prefault({})
      .meta(about('CPU and memory, as Kubernetes quantities.', section.resources)),
    service,
    env: environment,
    requiredSecretKeys: list(secretKey(), 0)
      .default(D.backend.requiredSecretKeys)
      .meta(about('Keys that the Secret must hold. Keys only, never values.', section.secret)),
    optionalSecretKeys: list(secretKey(), 0)
      .default(D.backend.optionalSecretKeys)
      .meta(about('Keys that the Secret may hold.', section.secret)),
    secretKeys: z
      .record(
        text('the name of an environment variable', /^[-._a-zA-Z][-._a-zA-Z0-9]*$/),
        text(
          'the key of a Secret, such as database_url or my-secret/url',
          /^([a-z0-9.-]+\/)?[-._a-zA-Z0-9]+$/,
        ),
        { error: 'expected a mapping of variables to keys' },
      )
      .default(D.backend.secretKeys)
      .meta(about('Variables taken from a key of another name: key, or secret/key.', section.secret)),
    container: z
      .strictObject({
        name: text('a container name in lower case', /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63)
          .default(D.backend.container.name)
          .meta(about('Name of the container.', section.deployment)),
        port: port()
          .default(D.backend.container.port)
          .meta(about('Port that the container listens on.', section.deployment)),
      })
      .prefault({})
      .meta(about('The backend’s container.', section.deployment)),
    strategy: z
      .strictObject({
        type: oneOf('RollingUpdate', 'Recreate')
          .default(D.backend.strategy.type)
          .meta(about('Deployment strategy.', section.deployment)),
        maxSurge: intOrPercent()
          .default(D.backend.strategy.maxSurge)
          .meta(about('Pods above the wanted number during a rollout.', section.deployment)),
        maxUnavailable: intOrPercent()
          .default(D.backend.strategy.maxUnavailable)
          .meta(about('Pods that may be missing during a rollout.', section.deployment)),
      })
      .prefault({})
      .meta(about('How a rollout replaces pods.', section.deployment)),
    livenessProbe: probe('liveness', 'restarts the container', D.backend.livenessProbe, section.liveness),
    readinessProbe: probe(
      'readiness',
      'takes the pod out of the Service’s endpoints',
      D.backend.readinessProbe,
      section.readiness,
    ),
    startupProbe: probe('startup', 'restarts the container', D.backend.startupProbe, section.liveness),
    securityContext,
  })
  .prefault({})
  .meta(about('The backend’s Kubernetes objects.', 'Kubernetes Resources'));
