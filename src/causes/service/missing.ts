import { exposeCommand } from '../../fixes/service-commands.js';
import { serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { change } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { helmUpgrade } from '../../rule/command.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/missing',
  topic: 'service',
  title: 'There is no Service',
  severity: 'error',
  why: 'without it nobody has an address under which to reach the pods',
  seen: 'the API server knows no Service of this name',
  remedy: 'install the chart with its Service',
  explains: [
    'service/exists',
    'service/type',
    'service/ports',
    'service/selector-matches',
    'service/no-ready-endpoints',
    'network/service-dns',
    ...UNREACHED,
  ],
  reads: ['service'],
  judge({ service }, { context }) {
    if (service) return [];
    const { target } = context;
    const object = serviceRef(target);
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `There is no Service ${target.names.service} in namespace ${target.namespace}.`,
        evidence: [field(object, 'metadata.name', 'no such object')],
        fix: [
          target.helm
            ? change(
                'Helm installed it, and it was deleted by hand. An upgrade creates it again.',
                helmUpgrade(context),
              )
            : change('Create it.', exposeCommand(context, object.name)),
        ],
      },
    ];
  },
});
