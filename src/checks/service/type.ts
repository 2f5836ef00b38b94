import { serviceRef } from '../../rule/object-ref.js';
import { kubectl } from '../../rule/command.js';
import { fix, text } from '../../rule/fix.js';
import { defineCheck, pass } from '../check.js';
import { absent, failWith } from '../shared.js';
import { patchFields, setValues } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'service/type',
    title: 'Service is of the type that the contract demands',
    failureTitle: 'Service is of another type than the contract demands',
    why: 'only a NodePort Service can be reached from the host, where the contract’s URL is called',
    remedy: (context, findings) => {
      const { type, nodePort } = context.contract.backend.service;
      const { service } = context.target.names;
      const parts = setValues(
        context,
        patchFields('service', service, { spec: { type } }),
        `backend.service.type=${type}`,
        ...(type === 'NodePort' ? [`backend.service.nodePort=${nodePort}`] : []),
      );
      const [first] = parts;
      if (findings[0]?.messageId !== 'kept' || first?.kind !== 'fix') return parts;
      const deleted = kubectl(context, `delete service ${service}`);
      return first.command.startsWith('helm')
        ? [fix(`${deleted} && ${first.command}`)]
        : [fix(deleted), text('Then apply the manifest of the Service again.')];
    },
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: {
      type: 'type is {found}',
      // An alias keeps what else it has, and a headless Service cannot be given an address.
      kept: 'type is {found}, which cannot be made {expected}: the Service has to be deleted first',
    },
    contractSection: 'Kubernetes Resources: Service; Configuration Parameters: Service Configuration',
  },
  evaluate({ service }, { contract, target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    const expected = contract.backend.service.type;
    // API default: ClusterIP (v1 ServiceSpec).
    const found = service.spec.type ?? 'ClusterIP';
    if (found === expected) return pass(found);
    const isKept = found === 'ExternalName' || service.spec.clusterIP === 'None';
    return failWith(isKept ? 'kept' : 'type', { expected, found, field: 'spec.type' }, object);
  },
});
