import { serviceRef } from '../../rule/object-ref.js';
import { defineCheck, pass } from '../check.js';
import { absent, failWith } from '../shared.js';
import { changeObject, patchFields } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'service/session-affinity',
    title: 'Service has no session affinity',
    failureTitle: 'Service pins each client to one pod',
    why: 'with session affinity all requests of one client, such as the frontend, go to the same pod',
    remedy: (context) =>
      changeObject(
        context,
        patchFields('service', context.target.names.service, { spec: { sessionAffinity: 'None' } }),
      ),
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: { pinned: 'sessionAffinity is {found}' },
    contractSection: 'Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ service }, { target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    // API default: None (v1 ServiceSpec).
    const found = service.spec.sessionAffinity ?? 'None';
    if (found === 'None') return pass('sessionAffinity None');
    const data = { expected: 'None', found, field: 'spec.sessionAffinity' };
    return failWith('pinned', data, object);
  },
});
