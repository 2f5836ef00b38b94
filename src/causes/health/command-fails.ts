import { HEALTH_CONSULTS, isCommand, troublesOf } from '../../diagnoses/health/trouble.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { FAILING } from './_failing.js';
import { byHttp } from './_probe-fix.js';

export default cause({
  id: 'health/command-fails',
  topic: 'health',
  title: 'The probe runs a command in the container, and it fails',
  severity: 'error',
  why: 'what is judged is the command and not the application: a tool or a file that the image does not have makes a healthy pod unready',
  seen: 'Unhealthy, and the probe is of kind exec: the message is what the command said',
  remedy: 'probe the health endpoint by httpGet, as the contract has it, or correct the command',
  explains: FAILING,
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { contract, target } = look.context;
    const { healthPath } = contract.http;
    return troublesOf(pods, look)
      .found.filter(isCommand)
      .map((trouble): Told => {
        const { pod, failure, spec, event, restarts, field: path } = trouble;
        const object = podRef(target, pod.metadata.name);
        const command = (spec?.exec?.command ?? []).join(' ');
        return {
          verdict: 'confirmed',
          object,
          pods: [pod.metadata.name],
          summary: `{pods}: the command of the ${failure.probe} probe (${command}) fails${restarts ? ', and the kubelet restarts the container' : ''}; the contract has a request of ${healthPath}.`,
          evidence: [eventItem(event, target), field(object, `${path}.exec.command`, command)],
          fix: [byHttp(trouble, 'exec', look)],
          ruledOut: ['wrong port', 'wrong path'],
        };
      });
  },
});
