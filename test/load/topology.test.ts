import { describe, expect, test } from '@jest/globals';
import type { Route } from '../../src/evidence/evidence.js';
import type { DataPath } from '../../src/evidence/load-facts.js';
import { readTopology } from '../../src/computed/load-topology.js';
import { podLoad } from '../support/load-facts.js';

const ROUTE: Route = {
  via: 'nodeport',
  baseUrl: 'http://192.168.49.2:30081',
  tried: [],
  balances: true,
  provesNodePort: true,
};
const PATH: DataPath = {
  sessionAffinity: 'None',
  externalTrafficPolicy: 'Cluster',
  internalTrafficPolicy: 'Cluster',
  endpoints: [
    { pod: 'near', zones: [] },
    { pod: 'far', zones: [] },
  ],
  node: { name: 'node-a', zone: 'zone-a' },
};
const NEAR = podLoad('near', 5, { node: 'node-a' });
const FAR = podLoad('far', 5, { node: 'node-b' });
const eligible = (route: Partial<Route>, path: Partial<DataPath>, pods = [NEAR, FAR]) => {
  const topology = readTopology({ ...ROUTE, ...route }, { ...PATH, ...path }, pods);
  return { ...topology, reach: [NEAR, FAR].filter((pod) => topology.eligible(pod)).map(({ pod }) => pod) };
};
const hinted = (near: string[], far: string[]) => [
  { pod: 'near', zones: near },
  { pod: 'far', zones: far },
];

describe('which pods a way leads to', () => {
  test('all of them, as a rule', () => {
    expect(eligible({}, {})).toMatchObject({ reach: ['near', 'far'], notes: [], pinned: undefined });
  });

  test('one, where the Service pins clients', () => {
    expect(eligible({}, { sessionAffinity: 'ClientIP' }).pinned).toMatch(/sessionAffinity.*ClientIP/);
  });

  test('the API server’s proxy does not heed the affinity', () => {
    expect(
      eligible({ via: 'proxy', balances: false }, { sessionAffinity: 'ClientIP' }).pinned,
    ).toBeUndefined();
  });

  test('one, through a port-forward', () => {
    expect(eligible({ via: 'port-forward', balances: false }, {}).pinned).toMatch(/one pod/);
  });

  test('the node’s own, with externalTrafficPolicy Local', () => {
    const local = eligible({}, { externalTrafficPolicy: 'Local' });
    expect(local.reach).toEqual(['near']);
    expect(local.notes[0]).toMatch(/externalTrafficPolicy of the Service is Local.*node-a/);
  });

  test('that policy does not bind requests to the Service’s own address, the internal one does', () => {
    expect(eligible({ via: 'service' }, { externalTrafficPolicy: 'Local' }).reach).toEqual(['near', 'far']);
    expect(eligible({ via: 'service' }, { internalTrafficPolicy: 'Local' }).reach).toEqual(['near']);
  });

  test('it is not known which, where the node is not', () => {
    expect(eligible({}, { externalTrafficPolicy: 'Local', node: undefined }).undetermined).toMatch(
      /--via node:NAME/,
    );
    expect(eligible({}, { endpoints: hinted(['zone-a'], ['zone-b']), node: undefined }).undetermined).toMatch(
      /topology hints/,
    );
  });

  test('the zone’s, with topology hints', () => {
    expect(eligible({}, { endpoints: hinted(['zone-a'], ['zone-b']) }).reach).toEqual(['near']);
    expect(eligible({}, { endpoints: hinted(['zone-a'], ['zone-a', 'zone-b']) }).reach).toEqual([
      'near',
      'far',
    ]);
  });

  test('all, where not every endpoint has a hint, or none is for this zone', () => {
    expect(eligible({}, { endpoints: hinted(['zone-a'], []) }).reach).toEqual(['near', 'far']);
    expect(eligible({}, { endpoints: hinted(['zone-b'], ['zone-b']) }).reach).toEqual(['near', 'far']);
    expect(eligible({}, { endpoints: undefined }).reach).toEqual(['near', 'far']);
  });

  test('what is not the NodePort is assumed to be fair, and that is said', () => {
    expect(eligible({ via: 'url', balances: false }, {}).notes[0]).toMatch(/is assumed/);
  });

  test('a load balancer that knows nothing of pods gives those that share a node less', () => {
    const policy = { externalTrafficPolicy: 'Local' };
    const behind = { via: 'url', balances: false } as const;
    const third = podLoad('third', 5, { node: 'node-b' });
    expect(eligible(behind, policy, [NEAR, FAR, third]).unequal).toMatch(/pods: node-a 1, node-b 2/);
    expect(eligible(behind, policy).unequal).toBeUndefined();
    expect(eligible(behind, {}, [NEAR, FAR, third]).unequal).toBeUndefined();
  });

  test('nothing is said of a way that was not found', () => {
    expect(eligible({ via: 'none', baseUrl: '', balances: false }, {}).notes).toEqual([]);
  });
});
