import { serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { fixesFrom } from '../../fixes/described.js';
import { cause, type Told } from '../../rule/cause.js';
import { UNREACHED } from './_unreached.js';

/** Of the messages of service/ports; its targetPort is told by what listens in the pods. */
const MESSAGES: readonly string[] = ['none', 'port', 'protocol'];

export default cause({
  id: 'service/wrong-port',
  topic: 'service',
  title: 'The Service’s port is not the contract’s',
  severity: 'error',
  why: 'clients in the cluster ask at the Service port that the contract names',
  seen: 'spec.ports[].port, or its protocol',
  remedy: 'set backend.service.port to the contract’s',
  explains: ['service/ports', ...UNREACHED],
  reads: ['service'],
  judge({ service }, { check, context }) {
    // An alias has no ports that count.
    if (service?.spec.type === 'ExternalName') return [];
    const { port } = context.contract.backend.service;
    const object = serviceRef(context.target);
    const ports = check('service/ports');
    return (ports?.findings ?? [])
      .filter(({ messageId }) => MESSAGES.includes(messageId))
      .map(({ data }): Told => {
        const seen = String(data.found ?? 'none');
        return {
          verdict: 'confirmed',
          object,
          summary: `Service ${object.name} has ${seen === 'none' ? 'no port' : `port ${seen}`}, and not TCP ${port} as the contract has it.`,
          evidence: [field(object, String(data.field ?? 'spec.ports'), String(data.found ?? ''))],
          fix: fixesFrom(`Give it TCP port ${port}.`, ports?.fix ?? []),
        };
      });
  },
});
