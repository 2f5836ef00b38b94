/**
 * A lab with thousands of pods, or with hundreds of releases, in a process of its own: it must not share a thread with
 * what is measured. Prints its kubeconfig and server as JSON, and stays until its parent goes away.
 *
 * tsx bench/many-lab.ts PODS RELEASES [NODE [NAMESPACES]]     NODE (or empty): the address that the node is said to have, where another way leads to it
 */

import { addPod, install } from '../src/lab/install.js';
import { helmRelease } from '../src/lab/helm-release.js';
import { startLab } from '../src/lab/lab.js';
import { healthyManifests, RELEASE } from '../src/lab/manifests.js';
import type { Api, Secret, World } from '../src/lab/world.js';

const [pods = 2, releases = 1] = process.argv.slice(2, 4).map(Number);
const nodeAddress = process.argv[4] ?? '';
const namespaces = Number(process.argv[5] ?? 1);
const INSTALLED_AGO_MS = 30 * 60_000;
const FIRST_NODE_PORT = 30_100;

/** More pods of the one release. They share a log: what they say is the same, but for their names. */
function scale(world: World): void {
  const [replicaSet] = world.replicaSets;
  const [first] = world.pods;
  if (replicaSet === undefined || first === undefined) throw new Error('the lab has no pods');
  world.manifests.deployment.spec.replicas = pods;
  replicaSet.spec.replicas = pods;
  while (world.pods.length < pods) addPod(world, replicaSet, world.now - INSTALLED_AGO_MS).log = first.log;
}

/** Further releases of the same chart, each with a node port of its own. */
function release(world: World, name: string, nodePort: number, namespace: string): void {
  const installedAt = world.now - INSTALLED_AGO_MS;
  const manifests = healthyManifests(installedAt);
  const { now, nodeAddress } = world;
  const other = install(manifests, { now, installedAt, nodeAddress });
  const renamed = <T>(object: T): T =>
    JSON.parse(
      JSON.stringify(object)
        .replaceAll(`${RELEASE}-backend`, `${name}-backend`)
        .replaceAll(`${name}-backend:latest`, `${RELEASE}-backend:latest`)
        .replaceAll(`"app.kubernetes.io/instance":"${RELEASE}"`, `"app.kubernetes.io/instance":"${name}"`)
        .replaceAll(`"meta.helm.sh/release-name":"${RELEASE}"`, `"meta.helm.sh/release-name":"${name}"`)
        .replaceAll('"namespace":"default"', `"namespace":"${namespace}"`)
        .replaceAll(
          '"meta.helm.sh/release-namespace":"default"',
          `"meta.helm.sh/release-namespace":"${namespace}"`,
        )
        .replace(/"uid":"([^"]{8})/g, (_all, head: string) => `"uid":"${uidHead(head, nodePort)}`),
    ) as T;
  const service = renamed(manifests.service);
  for (const port of service.spec.ports ?? []) port.nodePort = nodePort;
  const { others } = world;
  const add = (resource: string, ...objects: Api[]) => (others[resource] ??= []).push(...objects);
  add('deployments.apps', renamed(manifests.deployment));
  add('services', service);
  add('configmaps', renamed(manifests.configMap));
  const helm = stored(name, nodePort, manifests.secretValues);
  helm.metadata.namespace = namespace;
  add('secrets', renamed(manifests.secret), helm);
  world.replicaSets.push(...other.replicaSets.map((set) => renamed(set)));
  world.events.push(...other.events.map(renamed));
  for (const pod of other.pods) {
    pod.object = renamed(pod.object);
    const index = world.pods.length + 5;
    Object.assign(pod.object.status ?? {}, { podIP: `10.244.${index >> 8}.${index & 255}` });
    pod.app = { ...pod.app };
    world.pods.push(pod);
  }
}

/** Uids stay uids of their objects: those that name an owner change as the owner's own does. */
function uidHead(head: string, nodePort: number): string {
  return ((parseInt(head, 16) + nodePort) >>> 0).toString(16).padStart(8, '0');
}

/** Helm's Secret of a further release. */
function stored(name: string, nodePort: number, values: Record<string, string>): Api<Secret> {
  const secret = helmRelease(Date.now() - INSTALLED_AGO_MS, values, { name, nodePort });
  return secret;
}

const lab = await startLab('healthy');
await lab.change((world) => {
  scale(world);
  const placeOf = (index: number) => (index % namespaces === 0 ? 'default' : `team-${index % namespaces}`);
  const places = Array.from({ length: namespaces - 1 }, (_, index) => placeOf(index + 1));
  world.others.namespaces = [
    ...(world.others.namespaces ?? []),
    ...places.map((name): Api => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  ];
  for (let index = 1; index < releases; index += 1)
    release(world, `${RELEASE}-${String(index).padStart(3, '0')}`, FIRST_NODE_PORT + index, placeOf(index));
  if (nodeAddress !== '')
    for (const { status } of world.nodes)
      for (const address of status?.addresses ?? [])
        if (address.type === 'InternalIP') address.address = nodeAddress;
});
process.stdout.write(
  `${JSON.stringify({ kubeconfig: lab.kubeconfigPath, server: lab.server, url: lab.url })}\n`,
);
process.stdin.resume().on('end', () => void lab.close());
