import { cause } from '../../rule/cause.js';
import {
  changeFix,
  endOf,
  FOLLOWS,
  isBackendsImage,
  logFix,
  OTHER_CONSULTS,
  saidOf,
  toldOf,
  troublesOfRole,
} from './_other.js';

export default cause({
  id: 'container/init-failing',
  topic: 'pods',
  severity: 'error',
  title: 'An init container fails',
  why: 'the containers of a pod start after all of its init containers have succeeded; one that fails is run again and again',
  seen: 'status.initContainerStatuses: an exit code other than 0, an image that is not there, a kill by the kernel',
  remedy: 'read the init container’s own log, and correct its command, its image, or what it waits for',
  explains: FOLLOWS,
  reads: ['pods'],
  consults: OTHER_CONSULTS,
  judge: ({ pods }, look) =>
    troublesOfRole(pods, 'init', look).flatMap((other) => {
      const { container, trouble } = other;
      const who = `init container ${container.status.name}`;
      if (trouble.kind === 'image' && !isBackendsImage(other, look)) {
        return [
          toldOf(other, look, {
            verdict: 'confirmed',
            summary: `{pods}: ${who} does not start, because its image ${container.spec?.image ?? ''} is not on the node and cannot be pulled (${trouble.message || trouble.reason}).`,
            fix: changeFix(other),
          }),
        ];
      }
      if (trouble.kind !== 'ended') return [];
      const isOver = container.status.state?.terminated?.exitCode === 0;
      const follows = isOver
        ? ', and came to its end at a later try'
        : ', and the application’s container waits for it';
      return [
        toldOf(other, look, {
          verdict: 'confirmed',
          summary: `{pods}: ${who} ${endOf(other, trouble)}${follows}${saidOf(other, look)}.`,
          fix: [...changeFix(other), logFix(other, look)],
        }),
      ];
    }),
});
