import { adviceOf, crashCause } from '../crashed.js';
import { variableOfUvicorn, without } from './_variables.js';

const OPTION = '--limit-max-requests';
const REMEDY = `take ${OPTION} out of the command: in a container there is no other process that would start the server again`;

export default crashCause({
  id: 'crash/request-limit',
  title: 'The server ends itself after a number of requests',
  why: 'uvicorn ends when it has answered so many requests, those of the probes included; the kubelet starts it again, with ever longer pauses',
  seen: 'exit code 0, and Maximum request limit of … exceeded in the log of the run that ended',
  remedy: REMEDY,
  what: ({ sign }) =>
    `the server ends itself after ${sign?.subject ?? 'a number of'} requests, those of the probes included`,
  fix(end, look) {
    const fix = without(end, look, variableOfUvicorn(OPTION));
    return fix.length > 0 ? fix : [adviceOf(REMEDY)];
  },
});
