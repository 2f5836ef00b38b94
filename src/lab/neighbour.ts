/** Another application's pod on the node: it takes room, and nothing else is known of it. */
import type { Pod, ResourceRequirements } from '../evidence/objects.js';
import { seconds, uid } from './clock.js';
import { api, type World } from './world.js';

/** @param requests what its one container asks for */
export function addNeighbour(
  world: World,
  namespace: string,
  name: string,
  requests: NonNullable<ResourceRequirements['requests']>,
): void {
  const created = seconds(world.now - 24 * 3_600_000);
  world.others.pods = [
    ...(world.others.pods ?? []),
    api<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid: uid(`Pod/${namespace}/${name}`), creationTimestamp: created },
      spec: {
        nodeName: world.nodes[0]?.metadata.name,
        containers: [{ name: 'main', image: `${name}:1`, resources: { requests } }],
      },
      status: {
        phase: 'Running',
        startTime: created,
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: created }],
        containerStatuses: [
          { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: created } } },
        ],
      },
    }),
  ];
}
