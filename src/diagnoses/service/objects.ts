/** Steps: the Service itself, whom it selects, and whether any of them is ready. */
import { rulesOf } from '../../causes/index.js';
import { isActive, isReady } from '../../kube/pod-state.js';
import { defineStep } from '../step.js';
import { good, notReached, unclear } from '../tree.js';

export const serviceHop = defineStep({
  id: 'service',
  asks: 'Is there a Service with the contract’s type and ports?',
  proves: ['service/exists'],
  reads: ['service'],
  needs: ['cluster'],
  rulesOut: ['Service type', 'node port'],
  rules: rulesOf('service/missing', 'service/wrong-type', 'service/wrong-port', 'service/wrong-node-port'),
  otherwise({ service }) {
    const ports = (service?.spec.ports ?? []).map(({ port, nodePort }) =>
      nodePort === undefined ? String(port) : `${port}:${nodePort}`,
    );
    return good(`${service?.spec.type ?? 'ClusterIP'} ${ports.join(', ')}`);
  },
});

export const selectorHop = defineStep({
  id: 'selector',
  asks: 'Does its selector match the backend’s pods, and no others?',
  proves: ['service/selector-matches'],
  reads: ['service'],
  needs: ['cluster'],
  rulesOut: ['selector'],
  rules: rulesOf('service/selector-mismatch'),
  broken: 'mismatch',
  otherwise({ service }, { check }) {
    const result = check('service/selector-matches');
    if (!service) return notReached('no Service');
    if (result?.status === 'blocked' || !result)
      return notReached('no Deployment whose pods it could select');
    return result.status === 'unknown' ? unclear(result.message, [], result.access) : good(result.message);
  },
});

export const endpointsHop = defineStep({
  id: 'endpoints',
  asks: 'Is at least one of the selected pods ready?',
  proves: ['load-balancing/endpoints'],
  reads: ['endpoints', 'pods', 'service'],
  needs: ['cluster', 'selector'],
  rulesOut: ['pods that are not ready'],
  rules: rulesOf('service/no-ready-endpoints', 'service/foreign-endpoints'),
  otherwise({ endpoints, pods, service }) {
    if (!service) return notReached('no Service');
    const ready = endpoints.addresses.filter((address) => address.ready && !address.terminating);
    if (ready.length > 0) return good(`${ready.length} ready`);
    if (service.spec.type === 'ExternalName') return notReached('an alias has no endpoints');
    return pods.some((pod) => isActive(pod) && isReady(pod))
      ? unclear('pods are ready, and not among the endpoints yet')
      : notReached('the pods are starting');
  },
});
