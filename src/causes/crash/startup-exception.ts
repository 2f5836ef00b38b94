import { count } from '../../count.js';
import { shorten } from '../../rule/seen.js';
import type { LogLine } from '../../evidence/evidence.js';
import { adviceOf, crashCause, said } from '../crashed.js';
import type { End } from '../../computed/container-ends.js';
import { ownCommand } from '../own-command.js';
import { without } from './_variables.js';

const REMEDY = 'read the exception: it is the last one in the log of the run that ended';
/** Variables in which uvicorn takes the path of a file. */
const FILES_OF_UVICORN = ['SSL_KEYFILE', 'SSL_CERTFILE', 'SSL_CA_CERTS', 'LOG_CONFIG', 'ENV_FILE'].map(
  (option) => `UVICORN_${option}`,
);

export default crashCause({
  id: 'crash/startup-exception',
  title: 'The application ends with an exception while it starts',
  why: 'an exception that nothing catches ends the process, and the kubelet starts it again and again',
  seen: 'exit code 3 and uvicorn’s Application startup failed, or exit code 1 and a traceback',
  remedy: REMEDY,
  what(end) {
    const { sign, ended, read } = end;
    const when = ended.exitCode === 3 ? 'while it starts' : `(exit code ${ended.exitCode})`;
    const limit = timeLimit(end);
    if (limit !== undefined)
      return `the application is ended by “${limit}” in the container’s command (exit code ${ended.exitCode}), though it should serve forever`;
    if (!sign) return `the application ends ${when}, and ${unsaid(read)}`;
    const at = sign.raisedAt === undefined ? '' : ` (${sign.raisedAt})`;
    return `the application ends with an exception ${when}: ${said(end)}${at}`;
  },
  fix: (end, look) => [
    ...(timeLimit(end) === undefined ? [] : ownCommand(end, look)),
    ...(isUvicornsFile(end) ? without(end, look, ...FILES_OF_UVICORN) : []),
    adviceOf(REMEDY),
  ],
});

/** With which timeout(1) says that it has ended what it was to run. */
const TIMED_OUT = 124;

/** The words of the command that give the application a time to live, where that is over. */
function timeLimit({ ended, container: { spec } }: End): string | undefined {
  if (ended.exitCode !== TIMED_OUT) return undefined;
  const line = [...(spec?.command ?? []), ...(spec?.args ?? [])].join(' ');
  return /(?:^|[\s/;&|(])(timeout (?:-\S+ (?:[A-Z]{2,8} )?){0,4}[\d.]+[smhd]?)\b/.exec(line)?.[1];
}

/** uvicorn’s own code did not find a file, or could not read it; its message does not always say which. */
function isUvicornsFile({ sign }: End): boolean {
  return (
    (sign?.raisedAt ?? '').includes('/uvicorn/') &&
    /FileNotFound|PermissionError|SSLError/.test(sign?.line.text ?? '')
  );
}

/** What was read and did not say why; its last words may. */
function unsaid(read: readonly LogLine[]): string {
  const last = read.findLast(({ text }) => text.trim() !== '');
  if (last === undefined) return 'it wrote nothing before';
  return `nothing in what was read of its log (${count(read.length, 'line')}) is known as a reason; it ends with: ${shorten(last.text.trim()).replace(/[.]$/, '')}`;
}
