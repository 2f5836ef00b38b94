import { patchSteps, pointer } from '../../fixes/commands.js';
import { see, setValues } from '../../fixes/described.js';
import { serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { kubectl } from '../../rule/command.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/wrong-node-port',
  topic: 'service',
  title: 'The Service has another node port',
  severity: 'error',
  why: 'the contract’s URL leads to a port on which nobody, or somebody else, answers',
  seen: 'spec.ports[].nodePort',
  remedy:
    'set backend.service.nodePort to the contract’s; where another Service holds it, move that one first',
  explains: ['service/ports', ...UNREACHED],
  reads: ['service'],
  judge(_, { check, context }) {
    const { nodePort } = context.contract.backend.service;
    const object = serviceRef(context.target);
    return (check('service/ports')?.findings ?? [])
      .filter(({ messageId }) => messageId === 'node-port')
      .map(({ data }): Told => {
        const path = String(data.field ?? 'spec.ports');
        return {
          verdict: 'confirmed',
          object,
          summary: `Service ${object.name} is at node port ${String(data.found ?? 'none')}, and the contract’s URL leads to ${nodePort}.`,
          evidence: [field(object, path, String(data.found ?? ''))],
          fix: [
            // Another Service may have it: who may only see this namespace cannot be told.
            see(
              `See that no other Service has node port ${nodePort}.`,
              `${kubectl(context, 'get services -A', null)} | grep ${nodePort}`,
            ),
            setValues(
              context,
              `Give it node port ${nodePort}.`,
              [`backend.service.nodePort=${nodePort}`],
              patchSteps('service', object.name, [{ op: 'add', path: pointer(path), value: nodePort }]),
            ),
          ],
        };
      });
  },
});
