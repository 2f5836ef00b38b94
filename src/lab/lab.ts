/**
 * The embedded cluster: a Kubernetes API server and HTTP backends on loopback, in this process.
 *
 * Nothing else in the program knows about it: it is reached through its kubeconfig, as any cluster is.
 */
import { randomBytes } from 'node:crypto';
import type { Service } from '../evidence/objects.js';
import type { Cluster } from './api/cluster.js';
import { ApiServer } from './api/server.js';
import { Store } from './api/store.js';
import { Backend } from './backend.js';
import { selfSigned } from './certificate.js';
import { applyObjects } from './apply.js';
import { newDice } from './dice.js';
import { install, logProbes } from './install.js';
import { writeKubeconfig, type KubeconfigFile } from './kubeconfig.js';
import { healthyManifests } from './manifests.js';
import { NodePorts, reserveAddress } from './node-port.js';
import { loadScenario } from './scenarios/index.js';
import { settle } from './settle.js';
import type { Api, LabPod, World } from './world.js';

export interface Lab {
  /** Path of its kubeconfig file. */
  kubeconfigPath: string;
  /** Where the contract's NodePort answers, without a trailing slash. */
  url: string;
  /** URL of the API server. */
  server: string;
  /** Changes what is there, as a controller or a user would: watches see it, the node port follows. */
  change(mutate: (world: World) => void): Promise<void>;
  /** Ends every connection and removes the kubeconfig. May be called again. */
  close(): Promise<void>;
}

export interface LabOptions {
  /** Values of the backend's Secret that replace the lab's own. */
  secrets?: Record<string, string>;
  /** Take 127.0.0.1 for the node where it is free, so that the contract's URL holds. Off: labs never collide. */
  preferLocalhost?: boolean;
  /** Objects that are applied in place of the contract's chart, as a manifest has them. */
  objects?: readonly object[];
}

/** How long before the lab's start Helm installed the release. */
const INSTALLED_AGO_MS = 30 * 60_000;
const PROBE_PERIOD_MS = 10_000;

/**
 * Starts an embedded cluster.
 * @param scenario see `scenarios/index.ts`
 * @throws UnknownScenarioError
 */
export async function startLab(scenario = 'healthy', options: LabOptions = {}): Promise<Lab> {
  const fault = await loadScenario(scenario);
  const now = Date.now();
  const installedAt = now - INSTALLED_AGO_MS;
  const nodePorts = new NodePorts(await reserveAddress(options.preferLocalhost ?? false));
  const { address } = nodePorts;
  const manifests = healthyManifests(installedAt, options.secrets);
  if (options.objects !== undefined)
    manifests.missing = new Set(['deployment', 'service', 'configMap', 'secret', 'release']);
  fault.manifests?.(manifests);
  const world = install(manifests, { now, installedAt, nodeAddress: address });
  if (options.objects !== undefined) applyObjects(world, options.objects, installedAt);
  fault.world?.(world);

  const backends = new Map<LabPod, Backend>();
  const cluster = clusterOf(world, backends);
  const certificate = selfSigned('todo-k8s lab', { dns: ['localhost'], ipv4: ['127.0.0.1'] }, now);
  const token = randomBytes(24).toString('base64url');
  const api = new ApiServer(certificate, token, cluster);
  const apiPort = await api.listen();
  const server = `https://127.0.0.1:${apiPort}`;

  const settleAll = async () => {
    cluster.store.update(settle(world, { authority: certificate.certificate, apiPort, installedAt }));
    const services = cluster.store.list('services') as Api<Service>[];
    await nodePorts.sync(world, services, (pod) => cluster.backend(pod));
  };
  const close = async () => {
    await Promise.all([api.close(), nodePorts.close()]);
    for (const backend of backends.values()) backend.close();
  };
  let kubeconfig: KubeconfigFile;
  try {
    await settleAll();
    kubeconfig = await writeKubeconfig(server, certificate.certificate, token);
  } catch (error) {
    await close();
    throw error;
  }
  const probes = setInterval(() => probe(world), PROBE_PERIOD_MS).unref();

  return {
    kubeconfigPath: kubeconfig.path,
    url: `http://${address === '127.0.0.1' ? 'localhost' : address}:${nodePorts.contractPort}`,
    server,
    async change(mutate) {
      mutate(world);
      await settleAll();
    },
    async close() {
      clearInterval(probes);
      await Promise.all([close(), kubeconfig.remove()]);
    },
  };
}

function clusterOf(world: World, backends: Map<LabPod, Backend>): Cluster {
  const find = (name: string) => world.pods.find(({ object }) => object.metadata.name === name);
  return {
    world,
    store: new Store(),
    dice: newDice(),
    pod: find,
    backend(name) {
      const pod = find(name);
      if (pod === undefined) return undefined;
      const backend = backends.get(pod) ?? new Backend(pod);
      backends.set(pod, backend);
      return backend;
    },
  };
}

/** The kubelet's probes, as the application's log shows them. */
function probe({ pods }: World): void {
  for (const { app, log } of pods) {
    if (app.port !== undefined) logProbes(log, Date.now(), app.health.status);
  }
}
