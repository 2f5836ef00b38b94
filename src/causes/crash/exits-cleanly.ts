import { adviceOf, crashCause } from '../crashed.js';
import { ownCommand } from '../own-command.js';

const REMEDY = 'let the container’s command stay in the foreground';

export default crashCause({
  id: 'crash/exits-cleanly',
  title: 'The application ends without an error',
  why: 'a Deployment’s container must run forever: one that ends is started again, with ever longer pauses',
  seen: 'exit code 0, reason Completed',
  remedy: REMEDY,
  what: () => 'the application ends without an error (exit code 0), though it should serve forever',
  fix: (end, look) => [...ownCommand(end, look), adviceOf(REMEDY)],
});
