import { patchSteps } from '../../checks/shared.js';
import { inTemplate } from '../../diagnoses/fixes.js';
import { misledCause, toldElsewhere } from './_misled.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/target-port-mismatch',
  means: 'target-port-mismatch',
  title: 'The Service leads to a port on which the application does not listen',
  why: 'connections reach the pod and are refused there, though it counts as ready',
  seen: 'targetPort, by number or name, against the ports that the process listens on',
  remedy: 'set targetPort to the port that the application listens on',
  explains: ['service/ports', ...UNREACHED],
  tell: (misled, look) =>
    toldElsewhere(misled, look, (index) => {
      const { context } = look;
      const value = context.contract.backend.container.port;
      // The chart has no value for it: its template says it.
      return inTemplate(
        context,
        `Let the Service lead to ${value}.`,
        patchSteps('service', context.target.names.service, [
          { op: 'add', path: `/spec/ports/${index}/targetPort`, value },
        ]),
      );
    }),
});
