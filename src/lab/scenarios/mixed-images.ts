import { imageId } from '../install.js';
import { containerStatus, otherDigest, podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'Two pods of one revision run different images',
  story: 'The tag latest was built again between the start of the first pod and that of the second.',
  expect: { fail: ['pods/same-revision'] },
  world(world) {
    const pod = podAt(world, 1);
    containerStatus(pod).imageID = imageId(pod.object.spec.containers[0]?.image ?? '', otherDigest());
  },
});
