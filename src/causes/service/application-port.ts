import { serviceRef } from '../../checks/shared.js';
import { listenOn } from '../../diagnoses/fixes.js';
import { field } from '../../diagnoses/seen.js';
import { containerOf, misledCause, misledEvidence, misledSummary, targetOf } from './_misled.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/application-port',
  means: 'application-port',
  title: 'The application listens on another port than the contract has',
  why: 'Service and probes lead to the contract’s port, where nothing listens',
  seen: 'what uvicorn says of itself, or the ports that the process listens on, against the contract’s',
  remedy: 'let the application listen on the contract’s port: --port, UVICORN_PORT',
  explains: UNREACHED,
  tell(misled, look) {
    const { context } = look;
    const object = serviceRef(context.target);
    const { index, given } = targetOf(misled, look);
    const port = String(context.contract.backend.container.port);
    return {
      verdict: 'confirmed',
      object,
      pods: [misled.vantage.pod],
      summary: misledSummary(misled, given, object.name),
      evidence: [
        field(object, `spec.ports[${index}].targetPort`, String(given)),
        ...misledEvidence(misled, look),
      ],
      fix: [listenOn(context, containerOf(misled, look), 'port', port)],
      ruledOut: ['loopback address'],
    };
  },
});
