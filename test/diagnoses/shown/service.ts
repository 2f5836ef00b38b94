/** What shows each cause of a backend that is not accessible: its Service, and the way to it. */
import {
  deniesIngress,
  matrix,
  stranger,
  together,
  unreached,
  type Change,
} from '../../support/service-states.js';
import type { Cause } from './shown.js';

/** The field that is shown first. */
export const OBJECTS: readonly (readonly [name: string, change: Change, cause: Cause, path: string])[] = [
  ['ClusterIP', ({ service }) => (service.spec.type = 'ClusterIP'), 'service/wrong-type', 'spec.type'],
  [
    'another node port',
    ({ service }) => {
      const [port] = service.spec.ports ?? [];
      if (port) port.nodePort = 30090;
    },
    'service/wrong-node-port',
    'spec.ports[0].nodePort',
  ],
  [
    'another port',
    ({ service }) => {
      const [port] = service.spec.ports ?? [];
      if (port) port.port = 80;
    },
    'service/wrong-port',
    'spec.ports[0].port',
  ],
  [
    'an EndpointSlice that somebody wrote',
    ({ endpoints }) => {
      const [first] = endpoints.addresses;
      if (first)
        endpoints.addresses.push({
          ...first,
          address: '10.250.250.1',
          podName: undefined,
          nodeName: undefined,
          slice: 'by-hand',
        });
    },
    'service/foreign-endpoints',
    'endpoints[].addresses',
  ],
  [
    'a selector with another value',
    ({ service }) =>
      (service.spec.selector = { ...service.spec.selector, 'app.kubernetes.io/component': 'api' }),
    'service/selector-mismatch',
    "spec.selector['app.kubernetes.io/component']",
  ],
];

export const WAYS: readonly (readonly [
  name: string,
  change: Change,
  cause: Cause,
  verdict: 'confirmed' | 'likely',
])[] = [
  [
    'ingress is denied',
    together(deniesIngress, matrix('timeout', 'timeout', 'timeout'), unreached('timeout')),
    'service/ingress-blocked',
    'confirmed',
  ],
  [
    'ingress from outside of the cluster is denied',
    together(deniesIngress, matrix('response', 'response', 'timeout'), unreached('timeout')),
    'service/ingress-blocked',
    'confirmed',
  ],
  [
    'externalTrafficPolicy Local, and the node has no pod',
    together(matrix('response', 'response', 'timeout'), unreached('timeout'), ({ service }) => {
      service.spec.externalTrafficPolicy = 'Local';
    }),
    'service/traffic-policy-local',
    'likely',
  ],
  [
    'the node refuses, and the Service answers',
    together(matrix('response', 'response', 'refused'), unreached('refused')),
    'service/proxy-broken',
    'likely',
  ],
  [
    'the node’s address does not answer from here',
    together(matrix('response', 'response', 'timeout'), unreached('timeout'), ({ minikube }) => {
      Object.assign(minikube, { program: 'found', driver: 'docker' });
    }),
    'service/host-cannot-reach-node',
    'confirmed',
  ],
  ['another program answers at the node port of localhost', stranger, 'service/other-program', 'confirmed'],
];
