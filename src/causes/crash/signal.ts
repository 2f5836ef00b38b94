import { SIGNALS } from '../../vocabulary/signals.js';
import { crashCause, said } from '../crashed.js';

export default crashCause({
  id: 'crash/signal',
  title: 'The process was ended by a signal of its own making',
  why: 'native code (a driver, a library, the interpreter) has failed: Python could not even raise an exception',
  seen: 'exit code 128 + the signal’s number: 132 SIGILL, 134 SIGABRT, 135 SIGBUS, 139 SIGSEGV, 141 SIGPIPE, 159 SIGSYS',
  remedy:
    'set PYTHONFAULTHANDLER=1 to have Python say where it was; then update or rebuild the native package, for the node’s processor',
  explains: ['db/other'],
  what(end) {
    const { exitCode } = end.ended;
    const signal = SIGNALS[exitCode];
    const words = end.sign === undefined ? '' : `. Its log says: ${said(end)}`;
    return `the process was ended by ${signal?.name ?? 'a signal'} (exit code ${exitCode}): ${signal?.means ?? 'see the log'}${words}`;
  },
});
