import type { End } from '../../computed/container-ends.js';
import { called } from '../../computed/judged-pods.js';
import { FORMAT_UNKNOWN } from '../../vocabulary/kubelet.js';
import { adviceOf, crashCause, said } from '../crashed.js';
import { commandOf, ownCommand } from '../own-command.js';

const REMEDY =
  'write the script with LF line ends (.gitattributes: *.sh text eol=lf; or sed -i "s/\\r$//" in the Dockerfile), name an interpreter that the image has, and build it again';

export default crashCause({
  id: 'crash/crlf-script',
  title: 'The start script’s interpreter is not found',
  why: 'the kernel looks for the program that the script’s first line names: with Windows line ends its name ends with a carriage return',
  seen: 'exec /…: no such file or directory, though the file is there; env: bash\\r; or exec format error for a script',
  remedy: REMEDY,
  explains: ['container/init-failing'],
  what: (end) =>
    isWithoutFirstLine(end)
      ? `${called(end.container)}’s command ${commandOf(end)}is a script whose first line does not say what runs it, such as #!/bin/sh (${said(end)})`
      : `${called(end.container)}’s command ${commandOf(end)}is a script whose interpreter is not found: its lines end with CR LF, or its first line names a program that the image does not have (${said(end)})`,
  fix: (end, look) => [
    ...ownCommand(end, look),
    adviceOf(
      isWithoutFirstLine(end)
        ? 'begin the script with #!/bin/sh, or whatever is to run it: at the first character, without a byte order mark; or let the command be the interpreter with the script as its argument'
        : REMEDY,
    ),
  ],
});

/** The kernel takes it for a program, and knows no such format. */
function isWithoutFirstLine({ sign }: End): boolean {
  return sign !== undefined && FORMAT_UNKNOWN.says.test(sign.line.text);
}
