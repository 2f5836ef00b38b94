import { show } from '../../fixes/described.js';
import { called } from '../../computed/judged-pods.js';
import { END_CONSULTS } from '../../computed/container-ends.js';
import { cause } from '../../rule/cause.js';
import { startWords, toldOfEnds } from '../crashed.js';
import { CRASHING } from '../not-running.js';
import { notStarted } from '../not-started.js';
import { commandOf, ownCommand } from '../own-command.js';

const ID = 'crash/command-not-found';

export default cause({
  id: ID,
  topic: 'pods',
  title: 'The container’s command cannot be started',
  severity: 'error',
  why: 'what the image or the Deployment names as command is not in the image, or may not be executed',
  seen: 'exit code 127 or 126, or reason StartError',
  remedy: 'correct command and args, or build an image that has the program',
  explains: CRASHING,
  reads: ['pods'],
  consults: END_CONSULTS,
  judge: ({ pods }, look) => [
    ...notStarted(ID, pods, look),
    ...toldOfEnds(
      ID,
      {
        what: (end) =>
          `${called(end.container)}’s command ${commandOf(end)}cannot be started (exit code ${end.ended.exitCode})${startWords(end)}`,
        fix: (end, { context }) => [
          ...ownCommand(end, look),
          show(
            context,
            'See which command the pod template has.',
            `get deployment ${context.target.names.deployment} -o jsonpath='{.spec.template.spec.containers[?(@.name=="${end.container.status.name}")].command}'`,
          ),
        ],
      },
      pods,
      look,
    ),
  ],
});
