import { noRoomCause } from './_room.js';

export default noRoomCause({
  id: 'scheduling/insufficient-cpu',
  resource: 'cpu',
  title: 'No node has enough CPU left for the pod’s request',
  remedy: 'lower backend.resources.requests.cpu, remove what reserves it, or give the node more CPUs',
  seen: 'PodScheduled is False: Insufficient cpu',
});
