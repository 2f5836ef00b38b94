import { listenOn } from '../../fixes/described.js';
import { adviceOf, crashCause } from '../crashed.js';

const REMEDY = 'give the file to user 1001 in the image, or mount a volume with fsGroup';

export default crashCause({
  id: 'crash/permission-denied',
  title: 'The application may not read or write a file',
  why: 'the container runs as user 1001, to whom the file does not belong',
  seen: 'Permission denied',
  remedy: REMEDY,
  // The file may have a database's name.
  explains: ['db/other'],
  what({ sign, container: { spec } }) {
    const user = spec?.securityContext?.runAsUser ?? 1001;
    return sign?.named.port === undefined
      ? `the application ends because user ${user} may not use ${sign?.subject ?? 'a file'}`
      : `the application ends because user ${user} may not listen on port ${sign.named.port}: ports below 1024 are root’s`;
  },
  fix: ({ sign, container: { spec } }, { context }) => [
    sign?.named.port === undefined
      ? adviceOf(REMEDY)
      : listenOn(context, spec, 'port', String(context.contract.backend.container.port)),
  ],
});
