import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { byHttp } from './_probe-fix.js';
import { probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/command-fails',
  means: 'command-fails',
  title: 'The probe runs a command in the container, and it fails',
  why: 'what is judged is the command and not the application: a tool or a file that the image does not have makes a healthy pod unready',
  seen: 'Unhealthy, and the probe is of kind exec: the message is what the command said',
  remedy: 'probe the health endpoint by httpGet, as the contract has it, or correct the command',
  explains: FAILING,
  tell(trouble, _, look, object) {
    const { failure, spec, event, field: path } = trouble;
    const { contract, target } = look.context;
    const command = (spec?.exec?.command ?? []).join(' ');
    return {
      summary: `{pods}: the command of the ${failure.probe} probe (${command}) ${failure.missing === undefined ? 'fails' : `cannot be started, because the image has no ${failure.missing}`}${restartsToo(trouble)}; the contract has a request of ${contract.http.healthPath}.`,
      evidence: [eventItem(event, target), field(object, `${path}.exec.command`, command)],
      fix: [byHttp(trouble, 'exec', look)],
      ruledOut: ['wrong port', 'wrong path'],
    };
  },
});
