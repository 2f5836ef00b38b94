import { serviceRef } from '../../rule/object-ref.js';
import { defineCheck, pass } from '../check.js';
import { absent, failWith } from '../shared.js';
import { changeObject, patchFields } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'service/publishes-ready-only',
    title: 'Service sends traffic to ready pods only',
    failureTitle: 'Service sends traffic to pods that are not ready, too',
    why: 'with publishNotReadyAddresses a pod that starts, or has lost its database, stays among the endpoints and gets requests',
    remedy: (context) =>
      changeObject(
        context,
        patchFields('service', context.target.names.service, { spec: { publishNotReadyAddresses: false } }),
      ),
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: { published: 'publishNotReadyAddresses is {found}' },
    contractSection: 'Health Checks: Readiness Probe; Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ service }, { target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    // API default: false (v1 ServiceSpec).
    if (service.spec.publishNotReadyAddresses !== true) return pass('ready pods only');
    const data = { expected: 'false', found: 'true', field: 'spec.publishNotReadyAddresses' };
    return failWith('published', data, object);
  },
});
