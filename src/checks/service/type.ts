import { serviceRef } from '../../rule/object-ref.js';
import { defineCheck, pass } from '../check.js';
import { absent, failWith } from '../shared.js';
import { patchFields, setValues } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'service/type',
    title: 'Service is of the type that the contract demands',
    failureTitle: 'Service is of another type than the contract demands',
    why: 'only a NodePort Service can be reached from the host, where the contract’s URL is called',
    remedy: (context) => {
      const { type, nodePort } = context.contract.backend.service;
      return setValues(
        context,
        patchFields('service', context.target.names.service, { spec: { type } }),
        `backend.service.type=${type}`,
        ...(type === 'NodePort' ? [`backend.service.nodePort=${nodePort}`] : []),
      );
    },
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: { type: 'type is {found}' },
    contractSection: 'Kubernetes Resources: Service; Configuration Parameters: Service Configuration',
  },
  evaluate({ service }, { contract, target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    const expected = contract.backend.service.type;
    // API default: ClusterIP (v1 ServiceSpec).
    const found = service.spec.type ?? 'ClusterIP';
    if (found === expected) return pass(found);
    return failWith('type', { expected, found, field: 'spec.type' }, object);
  },
});
