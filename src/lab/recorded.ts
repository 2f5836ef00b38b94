/**
 * A bundle as a Kubernetes API: what was recorded, read-only, on loopback, so that kubectl and all that speaks to an API
 * server can look into it. Nothing runs behind it.
 */
import { randomBytes } from 'node:crypto';
import type { Bundle } from '../evidence/bundle/bundle-reader.js';
import { kubernetesObjects } from '../evidence/bundle/kubernetes-objects.js';
import type { PreviousLog } from '../evidence/deep-facts.js';
import type { EvidenceKey, Observed, PodLog } from '../evidence/evidence.js';
import { backendContainer } from '../evidence/pod-state.js';
import type { RecordedCluster } from './api/cluster.js';
import { ApiServer } from './api/server.js';
import { badRequest } from './api/status.js';
import { Store } from './api/store.js';
import { selfSigned } from './certificate.js';
import { viewerRole } from './cluster-objects.js';
import { ContainerLog } from './container-log.js';
import { newDice } from './dice.js';
import { install } from './install.js';
import { writeKubeconfig } from './kubeconfig.js';
import { healthyManifests } from './manifests.js';
import { api, type Collections, type LabPod, type World } from './world.js';

export interface RecordedLab {
  kubeconfigPath: string;
  /** URL of the API server. */
  server: string;
  /** How many objects there are, by resource. */
  counts: { resource: string; count: number }[];
  close(): Promise<void>;
}

/** Serves a bundle until it is closed. */
export async function serveBundle(bundle: Bundle): Promise<RecordedLab> {
  const { manifest } = bundle;
  const { namespace } = manifest.target;
  const recording = await readAll(bundle);
  const groups = kubernetesObjects(recording, namespace);
  const collections: Collections = Object.fromEntries(
    groups.map(({ resource, objects }) => [resource, objects]),
  );
  collections.namespaces = [
    api({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, status: { phase: 'Active' } }),
  ];
  const store = new Store();
  store.update(collections);

  const pods = new Map<string, LabPod>();
  for (const object of (collections.pods ?? []) as LabPod['object'][])
    pods.set(object.metadata.name, podOf(object));
  const certificate = selfSigned('todo-k8s lab', { dns: ['localhost'], ipv4: ['127.0.0.1'] }, Date.now());
  const token = randomBytes(24).toString('base64url');
  const server = new ApiServer(certificate, token, {
    world: emptyWorld(),
    store,
    dice: newDice(),
    pod: (name) => pods.get(name),
    backend: () => undefined,
    recorded: {
      version: manifest.server?.version ?? 'v0.0.0',
      refusal: `this is what was recorded at ${manifest.startedAt}: nothing runs in it, nothing can be reached`,
      log: logsOf(recording, manifest.contract.backend.container.name),
    },
  });
  const url = `https://127.0.0.1:${await server.listen()}`;
  const kubeconfig = await writeKubeconfig(url, certificate.certificate, token, namespace).catch(
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );
  return {
    kubeconfigPath: kubeconfig.path,
    server: url,
    counts: groups.map(({ resource, objects }) => ({ resource, count: objects.length })),
    async close() {
      await Promise.all([server.close(), kubeconfig.remove()]);
    },
  };
}

async function readAll({ reader, keys }: Bundle): Promise<Map<EvidenceKey, Observed<unknown>>> {
  const { signal } = new AbortController();
  const recording = new Map<EvidenceKey, Observed<unknown>>();
  for (const key of keys) recording.set(key, await reader.read(key, signal));
  return recording;
}

/** A world in which nothing is: what the API server looks up beside the objects. */
function emptyWorld(): World {
  const now = Date.now();
  const manifests = healthyManifests(now);
  manifests.missing.add('deployment');
  const world = install(manifests, { now, installedAt: now, nodeAddress: '127.0.0.1' });
  return { ...world, nodes: [], role: viewerRole(), metrics: 'absent' };
}

function podOf(object: LabPod['object']): LabPod {
  return {
    object,
    app: {
      port: undefined,
      health: { status: 503, body: {}, delayMs: 0 },
      healthPaths: [],
      docs: false,
      tasksOpen: false,
    },
    log: new ContainerLog(),
    previousLog: undefined,
    tools: [],
    uid: 0,
    usage: { cpuNanocores: 0, memoryKi: 0 },
    kernel: {
      peakKi: 0,
      limitHits: 0,
      oomKills: 0,
      periods: 0,
      throttledPeriods: 0,
      throttledMicros: 0,
    },
  };
}

/** The recorded logs: of the backend's container, as it ran then, and of its run before. */
function logsOf(
  recording: ReadonlyMap<EvidenceKey, Observed<unknown>>,
  contractName: string,
): RecordedCluster['log'] {
  return ({ object }, query) => {
    const { name } = object.metadata;
    const own = backendContainer(object, contractName)?.name;
    const wanted = query.get('container') ?? own;
    if (wanted !== own) {
      throw badRequest(`the bundle has logs of container "${own ?? ''}" of pod "${name}" only`);
    }
    const isPrevious = query.get('previous') === 'true';
    const observed = recording.get(isPrevious ? 'previousLogs' : 'logs');
    const logs = observed?.ok ? (observed.value as (PodLog | PreviousLog)[]) : [];
    const log = logs.find(({ pod }) => pod === name)?.log;
    if (log?.ok && log.value === undefined) {
      // In the kubelet's words, which programs know.
      throw badRequest(`previous terminated container "${own ?? ''}" in pod "${name}" not found`);
    }
    if (!log?.ok || log.value === undefined) {
      const missing = observed?.ok === false ? observed.detail : 'it was not read';
      const which = isPrevious ? 'previous log' : 'log';
      throw badRequest(
        `the ${which} of pod "${name}" is not in the bundle: ${log?.ok === false ? log.detail : missing}`,
      );
    }
    const text = new ContainerLog();
    for (const line of log.value.lines) text.append(line.text, Date.parse(line.at));
    return text;
  };
}
