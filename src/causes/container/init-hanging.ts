import { elapsed } from '../../kube/pod-state.js';
import { INIT_PATIENCE_MS, timeOf } from '../../kube/pod-containers.js';
import { cause } from '../../rule/cause.js';
import { FOLLOWS, logFix, OTHER_CONSULTS, saidOf, toldOf, troublesOfRole } from './_other.js';

export default cause({
  id: 'container/init-hanging',
  topic: 'pods',
  severity: 'error',
  title: 'An init container does not come to its end',
  why: 'the containers of a pod start after all of its init containers have ended; one that waits for something keeps the application from starting',
  seen: 'status.initContainerStatuses: running for longer than a minute',
  remedy:
    'see what it waits for: its log and its command say so; often it is the database, or another Service',
  explains: FOLLOWS,
  reads: ['pods'],
  consults: OTHER_CONSULTS,
  judge: ({ pods }, look) =>
    troublesOfRole(pods, 'init', look).flatMap((other) => {
      const { container, trouble } = other;
      if (trouble.kind !== 'running') return [];
      const age = look.context.now - (timeOf(trouble.since) ?? look.context.now);
      if (age < INIT_PATIENCE_MS) return [];
      const command = [...(container.spec?.command ?? []), ...(container.spec?.args ?? [])].join(' ');
      const what = command === '' ? '' : ` (“${command.slice(0, 200)}”)`;
      return [
        toldOf(other, look, {
          // It may be work that takes its time, such as a long migration.
          verdict: 'likely',
          summary: `{pods}: init container ${container.status.name}${what} has run for ${elapsed(age / 1000)} and has not ended; the application’s container waits for it${saidOf(other, look)}.`,
          fix: [logFix(other, look)],
          wouldConfirm: 'it is still running, and its log says nothing new, a minute later',
        }),
      ];
    }),
});
