import { change, show } from '../../fixes/described.js';
import { END_CONSULTS } from '../../computed/container-ends.js';
import { cause } from '../../rule/cause.js';
import { loadImage, word } from '../../rule/command.js';
import { toldOfEnds } from '../crashed.js';
import { NOT_RUNNING } from '../not-running.js';
import { notStarted } from '../not-started.js';
import { PULL_CONSULTS, toldOfPulls, type OfPull } from './_pull.js';

const ID = 'image/wrong-architecture';

const OF_PULL: OfPull = {
  what: ({ image }) => `image ${image} is not built for the processor of its node.`,
  fix: ({ image }, { context }) => [
    show(context, 'See which architecture the nodes have.', 'get nodes -L kubernetes.io/arch', null),
    change('Build it for that (docker build --platform), then load it.', loadImage(context, image)),
  ],
};

export default cause({
  id: ID,
  topic: 'pods',
  title: 'The image is for another processor architecture',
  severity: 'error',
  why: 'a program for another architecture cannot be started by the node’s kernel',
  seen: 'exec format error in the log, or in the container’s last state',
  remedy: 'build the image for the node’s architecture: docker build --platform',
  explains: ['deployment/image', 'pods/restarts', 'container/init-failing', ...NOT_RUNNING],
  reads: ['pods'],
  consults: [...PULL_CONSULTS, ...END_CONSULTS],
  judge: ({ pods }, look) => [
    ...toldOfPulls(ID, OF_PULL, pods, look),
    ...notStarted(ID, pods, look),
    ...toldOfEnds(
      ID,
      {
        what: ({ container: { spec } }) =>
          `image ${spec?.image ?? ''} is for another processor architecture than the node’s`,
        fix: ({ container: { spec } }, { context }) => [
          change(
            'Build the image for the node’s architecture, and load it.',
            `docker build --platform=linux/amd64 -t ${word(spec?.image ?? '')} . && ${loadImage(context, spec?.image ?? '')}`,
          ),
        ],
      },
      pods,
      look,
    ),
  ],
});
