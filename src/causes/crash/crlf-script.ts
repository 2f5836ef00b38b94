import { called } from '../../computed/judged-pods.js';
import { adviceOf, crashCause, said } from '../crashed.js';
import { commandOf, ownCommand } from '../own-command.js';

const REMEDY =
  'write the script with LF line ends (.gitattributes: *.sh text eol=lf; or sed -i "s/\\r$//" in the Dockerfile), name an interpreter that the image has, and build it again';

export default crashCause({
  id: 'crash/crlf-script',
  title: 'The start script’s interpreter is not found',
  why: 'the kernel looks for the program that the script’s first line names: with Windows line ends its name ends with a carriage return',
  seen: 'exec /…: no such file or directory, though the file is there; or env: bash\\r',
  remedy: REMEDY,
  explains: ['container/init-failing'],
  what: (end) =>
    `${called(end.container)}’s command ${commandOf(end)}is a script whose interpreter is not found: its lines end with CR LF, or its first line names a program that the image does not have (${said(end)})`,
  fix: (end, look) => [...ownCommand(end, look), adviceOf(REMEDY)],
});
