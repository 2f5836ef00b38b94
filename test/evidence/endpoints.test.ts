/** What is read of the addresses behind the Service. */
import { describe, expect, test } from '@jest/globals';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import { forbidden, PATHS } from '../support/fake-client.js';
import { POD_NAMES } from '../support/healthy.js';
import { healthyApi, live } from '../support/live.js';

describe('endpoints', () => {
  const slice = (addressType: string, endpoints: object[]) => ({
    metadata: { name: 'x' },
    addressType,
    ports: [{ name: 'http', port: 8000 }],
    endpoints,
  });

  test('from EndpointSlices of one family, an absent condition being ready', async () => {
    const api = healthyApi();
    const targetRef = { kind: 'Pod', name: POD_NAMES[0] };
    api.objects[PATHS.endpointSlices] = [
      slice('IPv6', [{ addresses: ['fd00::5'], targetRef }]),
      slice('IPv4', [
        { addresses: ['10.244.0.5'], targetRef, nodeName: 'minikube' },
        { addresses: ['10.244.0.6'], conditions: { ready: false, terminating: true } },
      ]),
      slice('IPv4', [{ addresses: ['10.244.0.6'], conditions: { ready: true } }]),
      { metadata: { name: 'empty' }, addressType: 'IPv4', endpoints: null, ports: null },
    ];
    const { source, addresses } = await live(api).read('endpoints');
    expect(source).toBe('EndpointSlice');
    expect(addresses).toMatchObject([
      { address: '10.244.0.5', port: 8000, ready: true, podName: POD_NAMES[0], nodeName: 'minikube' },
      { address: '10.244.0.6', port: 8000, ready: true, podName: undefined },
    ]);
  });

  test('each with the port and the protocol of its slice', async () => {
    const api = healthyApi();
    const at = (address: string, ports: object[] | null) => ({
      ...slice('IPv4', [{ addresses: [address] }]),
      ports,
    });
    api.objects[PATHS.endpointSlices] = [
      at('10.244.0.5', [{ name: 'http', port: 8000, protocol: 'UDP' }]),
      at('10.244.0.6', [{ name: 'http', port: 9000, protocol: 'TCP' }]),
      at('10.244.0.5', [{ name: 'http', port: 8000, protocol: 'TCP' }]),
      at('10.244.0.7', null),
    ];
    const { addresses } = await live(api).read('endpoints');
    expect(addresses.map(({ address, port, protocol }) => [address, port, protocol])).toEqual([
      ['10.244.0.5', 8000, 'UDP'],
      ['10.244.0.6', 9000, 'TCP'],
      ['10.244.0.5', 8000, 'TCP'],
      ['10.244.0.7', undefined, undefined],
    ]);
  });

  test('with the slice that has them, where no controller of Kubernetes manages it', async () => {
    const api = healthyApi();
    const by = (name: string, address: string, manager?: string) => ({
      ...slice('IPv4', [{ addresses: [address] }]),
      metadata: {
        name,
        labels: manager === undefined ? null : { 'endpointslice.kubernetes.io/managed-by': manager },
      },
    });
    api.objects[PATHS.endpointSlices] = [
      by('own', '10.244.0.5', 'endpointslice-controller.k8s.io'),
      by('mirrored', '10.244.0.6', 'endpointslicemirroring-controller.k8s.io'),
      by('by-hand', '10.250.250.1'),
      by('by-mesh', '10.250.250.2', 'mesh.example'),
    ];
    const { addresses } = await live(api).read('endpoints');
    expect(addresses.map((each) => each.slice)).toEqual([undefined, undefined, 'by-hand', 'by-mesh']);
  });

  test('from core Endpoints where discovery.k8s.io/v1 is absent', async () => {
    const api = healthyApi();
    api.objects[PATHS.endpointSlices] = new KubernetesError('not-found', 'no such API', 404);
    api.objects[PATHS.endpoints] = {
      subsets: [
        {
          addresses: [{ ip: '10.244.0.5', targetRef: { kind: 'Pod', name: POD_NAMES[0] } }],
          notReadyAddresses: [{ ip: '10.244.0.6' }],
          ports: [{ name: 'http', port: 8000 }],
        },
      ],
    };
    const { source, addresses } = await live(api).read('endpoints');
    expect(source).toBe('Endpoints');
    expect(addresses.map(({ address, ready }) => [address, ready])).toEqual([
      ['10.244.0.5', true],
      ['10.244.0.6', false],
    ]);
  });

  test('403 on slices does not fall back', async () => {
    const api = healthyApi();
    api.objects[PATHS.endpointSlices] = forbidden('list', 'endpointslices', 'discovery.k8s.io');
    expect(await live(api).observe('endpoints')).toMatchObject({ ok: false, why: 'forbidden' });
  });
});
