import { noRoomCause } from './_room.js';

export default noRoomCause({
  id: 'scheduling/insufficient-memory',
  resource: 'memory',
  title: 'No node has enough memory left for the pod’s request',
  remedy: 'lower backend.resources.requests.memory, remove what reserves it, or give the node more memory',
  seen: 'PodScheduled is False: Insufficient memory',
});
