/**
 * The contract's schema: types, ranges, meaning and section of each field. Its defaults are those of `contract.ts`.
 * Each error says what was expected, so that a message needs only to add what was found.
 * Costs tens of milliseconds to load: import it only where something is validated or described.
 */
import { z } from 'zod';
import { DEFAULT_CONTRACT, type Contract, type ProbeContract } from './contract.js';
import {
  about,
  integer,
  text,
  oneOf,
  list,
  port,
  seconds,
  urlPath,
  secretKey,
  quantity,
  intOrPercent,
  logPattern,
  section,
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
    runAsUser: integer(0, 2_147_483_647)
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

const backend = z
  .strictObject({
    replicaCount: integer(0, 10_000)
      .default(D.backend.replicaCount)
      .meta(about('Number of pods.', section.replicas)),
    autoscaling: z
      .strictObject({
        minReplicas: integer(0, 10_000)
          .default(D.backend.autoscaling.minReplicas)
          .meta(about('Least number of pods; 0 where no autoscaler owns them.', section.replicas)),
        maxReplicas: integer(0, 10_000)
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

const printableName = () => text('a name without spaces', /^[\w.-]+$/, 63);

const objectName = () => text('the name of an object, or nothing', /^[a-z0-9.-]*$/);
const fieldPath = () => text('the path of a value, such as backend.image.tag', /^[\w.\\-]+$/);
const checkId = () => text('the id of a check, such as deployment/resources', /^[a-z-]+\/[a-z0-9-]+$/);

const accepted = z.strictObject({
  check: checkId().meta(about('Id of the check.', section.metadata)),
  object: text('Kind/name, or a name', /^[\w./-]+$/)
    .optional()
    .meta(about('The one object that is meant (default: all).', section.metadata)),
  finding: text('the id of a finding', /^[\w-]+$/)
    .optional()
    .meta(about('The one finding that is meant (default: all).', section.metadata)),
  reason: text('a reason, in a sentence', /^[^\p{C}]*\S[^\p{C}]*$/u, 500).meta(
    about('Why it is accepted.', section.metadata),
  ),
  until: text('a day such as 2027-03-31', /^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .meta(about('The last day on which it is accepted.', section.metadata)),
});

/** The contract; every field may be left out, and then has the written contract's value. */
export const ContractSchema = z
  .strictObject({
    names: z
      .strictObject({
        deployment: objectName()
          .default('')
          .meta(about('Name of the Deployment; empty: as the release gives it.', section.metadata)),
        service: objectName()
          .default('')
          .meta(about('Name of the Service; empty: as the release gives it.', section.metadata)),
        configMap: objectName()
          .default('')
          .meta(about('Name of the ConfigMap; empty: as the release gives it.', section.metadata)),
        secret: objectName()
          .default('')
          .meta(about('Name of the Secret; empty: as the release gives it.', section.metadata)),
      })
      .prefault({})
      .meta(about('Names of the backend’s objects.', section.metadata)),
    labels: oneOf('helm', 'any')
      .default(D.labels)
      .meta(
        about('helm: the standard Helm labels; any: labels and selectors are left open.', section.metadata),
      ),
    any: list(fieldPath(), 0)
      .default(D.any)
      .meta(about('Paths of values that are left open. Written as: <key>: any', section.metadata)),
    absent: list(fieldPath(), 0)
      .default(D.absent)
      .meta(about('Paths of values that must not be there. Written as: <key>: absent', section.metadata)),
    accepted: z
      .array(accepted, { error: 'expected a list of accepted deviations' })
      .max(200, { error: 'expected a list of at most 200' })
      .default(D.accepted)
      .meta(about('Deviations that are accepted, each with its reason.', section.metadata)),
    knownWeaknesses: list(checkId(), 0)
      .default(D.knownWeaknesses)
      .meta(about('Checks that warn instead of failing until they are fixed or accepted.', section.metadata)),
    backend,
    allowed: z
      .strictObject({
        environments: list(printableName(), 1)
          .default(D.allowed.environments)
          .meta(about('Values of ENVIRONMENT that are allowed at all.', section.configMap)),
        logLevels: list(printableName(), 1)
          .default(D.allowed.logLevels)
          .meta(about('Values of LOG_LEVEL that are allowed at all.', section.configMap)),
      })
      .prefault({})
      .meta(about('Allowed values of the environment.', section.configMap)),
    secrets: z
      .strictObject({
        authSecretMinLength: integer(1, 4096)
          .default(D.secrets.authSecretMinLength)
          .meta(about('Least number of characters of the signing secret.', section.secretManagement)),
        authSecretKey: secretKey()
          .default(D.secrets.authSecretKey)
          .meta(about('The variable that holds the signing secret.', section.secretManagement)),
      })
      .prefault({})
      .meta(about('Demands on secret values.', section.secretManagement)),
    database: z
      .strictObject({
        sslModes: list(oneOf('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'), 1)
          .default(D.database.sslModes)
          .meta(about('Values of sslmode in DATABASE_URL that satisfy the contract.', section.connection)),
        poolSize: integer(1, 10_000)
          .default(D.database.poolSize)
          .meta(about('Database connections of each pod.', section.pooling)),
        maxConnections: integer(1, 1_000_000)
          .default(D.database.maxConnections)
          .meta(about('Connections that the database accepts in all.', section.pooling)),
        connectedLogPatterns: list(logPattern(), 1)
          .default(D.database.connectedLogPatterns)
          .meta(
            about(
              'Regular expressions, case-insensitive, of log lines that show a connection that worked.',
              section.functional,
            ),
          ),
        errorLogPatterns: list(logPattern(), 0)
          .default(D.database.errorLogPatterns)
          .meta(
            about(
              'Regular expressions, case-insensitive, of log lines that show a database error.',
              section.functional,
            ),
          ),
      })
      .prefault({})
      .meta(about('The database.', 'Database Connectivity')),
    http: z
      .strictObject({
        healthPath: urlPath()
          .default(D.http.healthPath)
          .meta(about('Path of the health endpoint.', section.functional)),
        docsPath: urlPath()
          .default(D.http.docsPath)
          .meta(about('Path of the API documentation.', section.functional)),
        tasksPath: urlPath()
          .default(D.http.tasksPath)
          .meta(about('Path of an endpoint that demands a token.', section.functional)),
        tasksStatuses: list(text('an HTTP status such as 401', /^[1-5]\d\d$/), 1)
          .default(D.http.tasksStatuses)
          .meta(about('Statuses with which it may refuse a request without a token.', section.functional)),
        healthLatencyWarnMs: integer(1, 600_000)
          .default(D.http.healthLatencyWarnMs)
          .meta(about('Milliseconds above which a health response is called slow.', section.healthEndpoint)),
      })
      .prefault({})
      .meta(about('The HTTP endpoints.', section.functional)),
    loadBalancing: z
      .strictObject({
        requests: integer(1, 10_000)
          .default(D.loadBalancing.requests)
          .meta(about('Requests, each on a connection of its own.', section.loadBalancing)),
        confidence: z
          .number({ error: 'expected a number from 0.5 to 0.999999' })
          .min(0.5, { error: 'expected a number from 0.5 to 0.999999' })
          .max(0.999999, { error: 'expected a number from 0.5 to 0.999999' })
          .default(D.loadBalancing.confidence)
          .meta(about('Probability with which an even spread is not called uneven.', section.loadBalancing)),
      })
      .prefault({})
      .meta(about('How load balancing is measured.', section.loadBalancing)),
  })
  .meta({
    title: 'todo-k8s contract',
    ...about('What the backend deployment must look like.', 'Backend Deployment Contract'),
  }) satisfies z.ZodType<Contract>;
