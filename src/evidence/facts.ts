/** Every fact's provider. */
import type { EvidenceKey, EvidenceMap } from './evidence.js';
import type { FactContext } from './fact-context.js';
import { readAutoscaler } from './facts/autoscaler.js';
import { readCgroup } from './facts/cgroup.js';
import { readConfigMap } from './facts/config-map.js';
import { readCors } from './facts/cors.js';
import { readDatabaseLadder } from './facts/database-ladder.js';
import { readDeployment } from './facts/deployment.js';
import { readDistribution } from './facts/distribution.js';
import { readDrift } from './facts/drift.js';
import { readEndpoints } from './facts/endpoints.js';
import { readEnvironment } from './facts/environment.js';
import { readEvents } from './facts/events.js';
import { readFrontendUrls } from './facts/frontend-urls.js';
import { readFrontend } from './facts/frontend.js';
import { readDocs, readHealth, readTasks } from './facts/http.js';
import { readInPod } from './facts/in-pod.js';
import { readLogs } from './facts/logs.js';
import { readMetrics } from './facts/metrics.js';
import { readMinikube } from './facts/minikube.js';
import { readNamespacePods } from './facts/namespace-pods.js';
import { readNamespace } from './facts/namespace.js';
import { readNetworkPolicies } from './facts/network-policies.js';
import { readNodeRoom } from './facts/node-room.js';
import { readNodes } from './facts/nodes.js';
import { readPermissions } from './facts/permissions.js';
import { readPods } from './facts/pods.js';
import { readOtherLogs } from './facts/other-logs.js';
import { readPreviousLogs } from './facts/previous-logs.js';
import { readRelease } from './facts/release.js';
import { readReplicaSets } from './facts/replica-sets.js';
import { readRoute } from './facts/route.js';
import { readSecretFacts } from './facts/secret.js';
import { readServer } from './facts/server.js';
import { readService } from './facts/service.js';
import { readVantage } from './facts/vantage.js';

/** A provider throws what it cannot read (KubernetesError, Unreadable); the reader turns that into a reason. */
type Providers = { [K in EvidenceKey]: (context: FactContext) => Promise<EvidenceMap[K]> };

export const FACTS: Providers = {
  server: readServer,
  release: readRelease,
  permissions: readPermissions,
  nodes: readNodes,
  deployment: readDeployment,
  autoscaler: readAutoscaler,
  replicaSets: readReplicaSets,
  pods: readPods,
  namespacePods: readNamespacePods,
  service: readService,
  endpoints: readEndpoints,
  configMap: readConfigMap,
  secret: readSecretFacts,
  environment: readEnvironment,
  frontend: readFrontend,
  frontendUrls: readFrontendUrls,
  cors: readCors,
  networkPolicies: readNetworkPolicies,
  namespace: readNamespace,
  events: readEvents,
  route: readRoute,
  health: readHealth,
  docs: readDocs,
  tasks: readTasks,
  logs: readLogs,
  inPod: readInPod,
  distribution: readDistribution,
  previousLogs: readPreviousLogs,
  otherLogs: readOtherLogs,
  metrics: readMetrics,
  cgroup: readCgroup,
  nodeRoom: readNodeRoom,
  databaseLadder: readDatabaseLadder,
  vantage: readVantage,
  minikube: readMinikube,
  drift: readDrift,
};
