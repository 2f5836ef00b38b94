import { patchSteps, serviceRef } from '../../checks/shared.js';
import { inTemplate } from '../../diagnoses/fixes.js';
import { field } from '../../diagnoses/seen.js';
import { misledCause, misledEvidence, misledSummary, targetOf } from './_misled.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/target-port-mismatch',
  means: 'target-port-mismatch',
  title: 'The Service leads to a port on which the application does not listen',
  why: 'connections reach the pod and are refused there, though it counts as ready',
  seen: 'targetPort, by number or name, against the ports that the process listens on',
  remedy: 'set targetPort to the port that the application listens on',
  explains: ['service/ports', ...UNREACHED],
  tell(misled, look) {
    const { context } = look;
    const object = serviceRef(context.target);
    const { index, given } = targetOf(misled, look);
    const value = context.contract.backend.container.port;
    return {
      verdict: 'confirmed',
      object,
      pods: [misled.vantage.pod],
      summary: misledSummary(misled, given, object.name),
      evidence: [
        field(object, `spec.ports[${index}].targetPort`, String(given)),
        ...misledEvidence(misled, look),
      ],
      fix: [
        // The chart has no value for it: its template says it.
        inTemplate(
          context,
          `Let the Service lead to ${value}.`,
          patchSteps('service', object.name, [{ op: 'add', path: `/spec/ports/${index}/targetPort`, value }]),
        ),
      ],
      ruledOut: ['loopback address'],
    };
  },
});
