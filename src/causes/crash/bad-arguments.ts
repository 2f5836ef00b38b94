import type { Fix } from '../../rule/diagnosis.js';
import { advise, listenOn } from '../../fixes/described.js';
import { called } from '../../computed/judged-pods.js';
import type { End, EndLook } from '../../computed/container-ends.js';
import { adviceOf, crashCause, said } from '../crashed.js';
import { commandOf, ownCommand } from '../own-command.js';
import { serviceLinkFix } from './_service-link.js';
import { variableOfUvicorn, without } from './_variables.js';

const REMEDY = 'correct command and args of the container, or the variable that an argument is taken from';

export default crashCause({
  id: 'crash/bad-arguments',
  title: 'The command does not take its arguments',
  why: 'the program reads its command line, says what is wrong with it, and ends before anything is started',
  seen: 'exit code 2 and a usage text: No such option, Invalid value for, unrecognized arguments',
  remedy: REMEDY,
  explains: ['db/other'],
  what: (end) =>
    isTooLong(end)
      ? `${called(end.container)}’s command ${commandOf(end)}cannot be started, because an argument or a variable of its environment is longer than the 128 KiB that the kernel takes, or all together are: ${said(end)}`
      : `${called(end.container)}’s command ${commandOf(end)}ends because of its arguments (exit code ${end.ended.exitCode}): ${said(end)}`,
  fix: (end, look) =>
    isTooLong(end)
      ? [
          advise(
            'Mount the large value of the ConfigMap or Secret as a file, and keep it out of envFrom and env.',
          ),
        ]
      : (serviceLinkFix(end) ?? [...correct(end, look), adviceOf(REMEDY)]),
});

function isTooLong({ sign }: End): boolean {
  return sign?.named.tooLong !== undefined;
}

/** The option that is wrong: as the words name it, else what they are about. */
function optionOf({ sign }: End): string {
  if (sign?.named.address !== undefined) return '--host';
  return sign?.named.factory === undefined ? (sign?.subject ?? '') : '--factory';
}

/** uvicorn takes its options from the environment, too, where the command line has none. */
function correct(end: End, look: EndLook): Fix[] {
  const { container } = end;
  const name = optionOf(end);
  const variable = without(end, look, variableOfUvicorn(name));
  const option = /^--?(host|port)$/.exec(name)?.[1] as 'host' | 'port' | undefined;
  if (option === undefined || container.role !== 'backend')
    return variable.length > 0 ? variable : ownCommand(end, look);
  const value = option === 'host' ? '0.0.0.0' : String(look.context.contract.backend.container.port);
  return [listenOn(look.context, container.spec, option, value)];
}
