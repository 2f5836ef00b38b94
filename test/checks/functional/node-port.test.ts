import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/node-port.js';
import type { Route } from '../../../src/evidence/evidence.js';
import { KubernetesError } from '../../../src/evidence/kubernetes/client.js';
import type { Service } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { forbidden, PATHS } from '../../support/fake-client.js';
import { healthyApi, live } from '../../support/live.js';
import { freePort } from '../../support/ports.js';
import { OUTCOME_WORDS } from './_outcomes.js';

const withRoute = (route: Partial<Route>) => judge(check, (evidence) => Object.assign(evidence.route, route));
const URL = 'http://localhost:30081';
const refused = { url: URL, outcome: 'refused', detail: 'connection refused at localhost:30081' } as const;
const proxied = { url: 'https://127.0.0.1:6443/api/v1/…/proxy', outcome: 'response', detail: '' } as const;

describe('functional/node-port', () => {
  test('passes when the node port itself answered', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: `${URL} answers` });
  });

  test('lists everything that was tried when nothing answered', () => {
    const judged = withRoute({
      via: 'none',
      baseUrl: '',
      provesNodePort: false,
      tried: [
        refused,
        {
          url: 'http://192.168.49.2:30081',
          outcome: 'timeout',
          detail: 'no connection to 192.168.49.2:30081 within 2000 ms',
        },
        { url: 'http://192.168.49.3:30081', outcome: 'not-tried', detail: '' },
      ],
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['refused', 'timeout'] });
    expect(judged.messages).toEqual([
      `${URL}: connection refused at localhost:30081; nothing listens there`,
      'http://192.168.49.2:30081: no connection to 192.168.49.2:30081 within 2000 ms',
    ]);
  });

  test.each([
    'refused',
    'timeout',
    'reset',
    'dns',
    'unreachable',
    'tls',
    'not-http',
    'body-timeout',
    'proxy-error',
  ] as const)('has its own words for %s', (outcome) => {
    const { detail, message } = OUTCOME_WORDS[outcome];
    const judged = withRoute({ via: 'none', provesNodePort: false, tried: [{ url: URL, outcome, detail }] });
    expect(judged).toMatchObject({ ids: [outcome], messages: [`${URL}: ${message}`] });
  });

  test('leaves open what this machine had no socket for', () => {
    const detail = 'localhost:30081 was not asked: todo-k8s has as many files open as it may';
    const tried: Route['tried'] = [{ url: URL, outcome: 'own-limit', detail }];
    const judged = withRoute({ via: 'none', baseUrl: '', provesNodePort: false, tried });
    expect(judged).toMatchObject({ status: 'unknown', text: `${URL}: ${detail}` });
  });

  test('fails when only another way answered', () => {
    const judged = withRoute({
      via: 'proxy',
      provesNodePort: false,
      balances: false,
      tried: [refused, proxied],
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['refused'] });
  });

  test('is skipped when another way was asked for, and says what that does not prove', () => {
    expect(withRoute({ via: 'proxy', provesNodePort: false, tried: [proxied] })).toMatchObject({
      status: 'skip',
      text: 'requests went through the API server’s proxy, which does not prove node port 30081',
    });
    expect(withRoute({ via: 'port-forward', provesNodePort: false, tried: [] })).toMatchObject({
      status: 'skip',
      text: 'requests went through a port-forward, which does not prove node port 30081',
    });
    expect(
      withRoute({ via: 'url', baseUrl: 'http://todo.example', provesNodePort: false, tried: [] }),
    ).toMatchObject({
      status: 'skip',
      text: 'http://todo.example was asked for: it does not prove node port 30081',
    });
  });

  test('passes when the URL that was asked for is the node port', () => {
    expect(withRoute({ via: 'url' }).status).toBe('pass');
  });

  test('another port than the contract’s is for service/ports to fail: what it leads to is judged', () => {
    expect(
      withRoute({ via: 'nodeport', baseUrl: 'http://localhost:31000', provesNodePort: false }),
    ).toMatchObject({
      status: 'skip',
      text: 'http://localhost:31000 answers; that it is not node port 30081 is told by service/ports',
    });
  });

  test('fails where something else answers', () => {
    expect(
      withRoute({ proof: { state: 'refused', by: undefined, says: 'it answers HTTP 404' } }),
    ).toMatchObject({
      status: 'fail',
      ids: ['other-program'],
      messages: [`what answers at ${URL} is not this backend: it answers HTTP 404`],
    });
  });

  test('leaves open whether it is this backend where that could not be shown', () => {
    expect(withRoute({ proof: { state: 'open', by: undefined, says: 'no log shows it' } })).toMatchObject({
      status: 'unknown',
      text: `${URL} answers, and it is not proven that this backend answers at ${URL}: no log shows it`,
    });
  });

  test('leaves open what is refused at localhost alone, where the nodes’ addresses are not known', () => {
    const nodesUnread = 'nodes is forbidden';
    const judged = withRoute({
      via: 'proxy',
      provesNodePort: false,
      balances: false,
      tried: [refused, proxied],
      nodesUnread,
    });
    expect(judged).toMatchObject({
      status: 'unknown',
      text: `the nodes’ addresses are not known: nodes is forbidden; ${URL}: connection refused at localhost:30081; Say where it is: --url`,
    });
    expect(
      withRoute({ via: 'none', baseUrl: '', provesNodePort: false, tried: [refused], nodesUnread }).status,
    ).toBe('unknown');
    // An address that is not localhost is a node's, or Minikube's: what it refuses is refused.
    const minikube = { ...refused, url: 'http://192.168.49.2:30081' };
    expect(
      withRoute({ via: 'none', baseUrl: '', provesNodePort: false, tried: [refused, minikube], nodesUnread })
        .status,
    ).toBe('fail');
  });

  test('fails when there is no address to try', () => {
    expect(withRoute({ via: 'none', provesNodePort: false, tried: [] })).toMatchObject({
      status: 'fail',
      ids: ['nothing-tried'],
      messages: ['there is no address to try: no node address and no URL'],
    });
  });

  test('is skipped when the contract demands no node port', () => {
    expect(
      judge(check, (_evidence, contract) => (contract.backend.service.type = 'ClusterIP')),
    ).toMatchObject({
      status: 'skip',
      text: 'the contract demands type ClusterIP: there is no node port to prove',
    });
  });
});

describe('where the contract demands another type of Service', () => {
  const outside = (type: string, more: Partial<NonNullable<Route['outside']>>, route: Partial<Route> = {}) =>
    judge(check, (evidence, contract) => {
      contract.backend.service.type = type;
      const facts = { type, ingresses: [], ...more };
      Object.assign(
        evidence.route,
        { via: 'proxy', provesNodePort: false, tried: [], outside: facts },
        route,
      );
    });
  const way = { ingress: 'todo', host: 'todo.example', path: '/api', addresses: ['192.0.2.1'], problems: [] };

  test('ClusterIP alone: skipped, and said how it is reached', () => {
    expect(outside('ClusterIP', {})).toMatchObject({
      status: 'skip',
      text: expect.stringContaining('port-forward'),
    });
  });

  test('a load balancer that is pending fails, one that answers passes', () => {
    expect(outside('LoadBalancer', { balancer: [] })).toMatchObject({ status: 'fail', ids: ['pending'] });
    const proof: Route['proof'] = { state: 'proven', by: 'pod-name', says: 'the answer names pod a' };
    const at = { via: 'loadbalancer', baseUrl: 'http://192.0.2.1:8000', proof } as const;
    expect(outside('LoadBalancer', { balancer: ['192.0.2.1'] }, at)).toMatchObject({
      status: 'pass',
      text: expect.stringContaining('http://192.0.2.1:8000 answers'),
    });
    const other = { ...at, proof: { ...proof, state: 'refused', by: undefined } as const };
    expect(outside('LoadBalancer', { balancer: ['192.0.2.1'] }, other).ids).toEqual(['other-program']);
  });

  test('an Ingress with something wrong fails with its name, host and path', () => {
    const judged = outside('ClusterIP', {
      ingresses: [{ ...way, problems: ['there is no IngressClass x'] }],
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['ingress'],
      messages: ['Ingress todo, todo.example/api: there is no IngressClass x'],
      findings: [{ object: { kind: 'Ingress', name: 'todo' } }],
    });
  });

  test('an Ingress that does not answer, one that cannot be asked, and one that could not be looked for', () => {
    const tried = [{ url: 'http://todo.example', outcome: 'refused', detail: 'connection refused' } as const];
    expect(outside('ClusterIP', { ingresses: [way] }, { tried })).toMatchObject({
      status: 'fail',
      ids: ['refused'],
    });
    expect(outside('ClusterIP', { ingresses: [way] })).toMatchObject({ status: 'skip' });
    expect(outside('ClusterIP', { unread: 'forbidden' })).toMatchObject({ status: 'unknown' });
  });
});

describe('where this user may not, or cannot, read the nodes', () => {
  const may = forbidden('create', 'services/proxy');
  test.each([
    { error: new KubernetesError('forbidden', 'nodes is forbidden: cannot list', 403), proxy: may },
    { error: new KubernetesError('timeout', 'nodes: no answer within 5 s'), proxy: may },
    { error: new KubernetesError('failed', 'nodes: HTTP 500', 500), proxy: may },
    {
      error: new KubernetesError('forbidden', 'nodes is forbidden: cannot list', 403),
      proxy: new KubernetesError('timeout', 'no answer within 5 s'),
    },
  ])('and localhost refuses: $error.why, and the proxy says $proxy.why', async ({ error, proxy }) => {
    const port = await freePort();
    const api = healthyApi();
    for (const each of (api.objects[PATHS.service] as Service).spec.ports ?? []) each.nodePort = port;
    api.objects[PATHS.nodes] = error;
    const refuse = () => {
      throw proxy;
    };
    const made = live({ ...api, proxy: refuse });
    const route = await made.read('route');
    await made.reader.close();
    const judged = judge(check, (evidence, contract) => {
      Object.assign(evidence.route, { ...route, proof: undefined });
      contract.backend.service.nodePort = port;
    });
    expect(judged).toMatchObject({ status: 'unknown' });
    expect(judged.text).toContain(`the nodes’ addresses are not known: ${error.message}`);
    expect(judged.text).toContain('Say where it is: --url');
  });
});
