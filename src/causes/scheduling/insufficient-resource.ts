import { advise, show } from '../../fixes/described.js';
import { word } from '../../rule/command.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import type { Pod } from '../../evidence/objects.js';
import { noNodeCause } from './_unscheduled.js';

/** Where a resource comes from that a node does not have by itself. */
const SOURCES: readonly [RegExp, string][] = [
  [/^hugepages-/, 'A node has huge pages where they were reserved when it started (vm.nr_hugepages).'],
  [/^ephemeral-storage$/, 'It is the node’s own disk: free some, or give it a larger one.'],
  [/\//, 'A node has it where the device plugin runs that offers it, and where the device is not taken.'],
];

export default noNodeCause({
  id: 'scheduling/insufficient-resource',
  title: 'No node has the device or other resource left that the pod asks for',
  why: 'GPUs, huge pages and other extended resources are counted by the scheduler like CPU: on a cluster without them, or where all are taken, the pod stays pending',
  seen: 'PodScheduled is False: Insufficient nvidia.com/gpu, hugepages-2Mi, ephemeral-storage or another resource',
  remedy: 'take the resource out of the pod template, or run the pod where a node has it',
  explains: ['deployment/resources'],
  what({ pod, reason }) {
    const resource = resourceIn(reason.text);
    const [asked] = askedOf(pod, resource);
    const amount = asked === undefined ? resource : `${asked.amount} of ${resource}`;
    const none =
      reason.nodes === 1
        ? 'the node does not have that much left'
        : `none of ${reason.nodes} nodes has that much left`;
    return `the pod asks for ${amount}, and ${none}`;
  },
  shows: ({ pod, reason }, { context }) =>
    askedOf(pod, resourceIn(reason.text)).map(({ path, amount }) =>
      field(podRef(context.target, pod.metadata.name), path, amount),
    ),
  fix({ reason }, { context }) {
    const resource = resourceIn(reason.text);
    const source = SOURCES.find(([says]) => says.test(resource))?.[1];
    const columns = `node:.metadata.name,has:.status.allocatable.${resource.replaceAll('.', String.raw`\.`)}`;
    return [
      advise(
        `Take ${resource} out of the pod template’s resources where the application does not need it.${source === undefined ? '' : ` ${source}`}`,
      ),
      show(context, 'See which nodes have it.', `get nodes -o custom-columns=${word(columns)}`, null),
    ];
  },
});

function resourceIn(text: string): string {
  return /^Insufficient (\S{1,120})/i.exec(text)?.[1] ?? text;
}

/** Where the pod's containers ask for it; a limit stands for a request. */
function askedOf({ spec }: Pod, resource: string): { path: string; amount: string }[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap(({ resources }, index) => {
      const which = resources?.requests?.[resource] === undefined ? 'limits' : 'requests';
      const amount = resources?.[which]?.[resource];
      return amount === undefined
        ? []
        : [{ path: `spec.${list}[${index}].resources.${which}['${resource}']`, amount }];
    }),
  );
}
