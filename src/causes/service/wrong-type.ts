import { patchFields } from '../../fixes/commands.js';
import { fixesFrom, setValues } from '../../fixes/described.js';
import { serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/wrong-type',
  topic: 'service',
  title: 'The Service is of another type than the contract demands',
  severity: 'error',
  why: 'a Service of type ClusterIP has no port on the node: it cannot be reached from outside of the cluster',
  seen: 'spec.type',
  remedy: 'set backend.service.type=NodePort',
  // An alias has neither selector nor ports that count.
  explains: ['service/type', 'service/selector-matches', 'service/ports', ...UNREACHED],
  reads: ['service'],
  judge({ service }, { check, context }) {
    const result = check('service/type');
    if (!service || result?.status !== 'fail') return [];
    const object = serviceRef(context.target);
    const { type = 'ClusterIP' } = service.spec;
    const wanted = context.contract.backend.service;
    const follows: Readonly<Record<string, string>> = {
      ClusterIP: ': it has no port on the node, so nobody outside of the cluster reaches it',
      ExternalName: ': it is an alias of another name in DNS, and leads to no pod',
    };
    const says = `Make it a Service of type ${wanted.type}.`;
    const isKept = result.findings[0]?.messageId === 'kept';
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Service ${object.name} is of type ${type}, and the contract has ${wanted.type}${follows[type] ?? ''}.`,
        evidence: [field(object, 'spec.type', type)],
        fix: isKept
          ? fixesFrom(`${says} It is deleted first.`, result.fix)
          : [
              setValues(
                context,
                says,
                [`backend.service.type=${wanted.type}`, `backend.service.nodePort=${wanted.nodePort}`],
                patchFields('service', object.name, { spec: { type: wanted.type } }),
              ),
            ],
      },
    ];
  },
});
