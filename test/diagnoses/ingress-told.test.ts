/** What is asked through an Ingress that loses its path or its host: one root, unless it came through all the same. */
import { expect, test } from '@jest/globals';
import type { IngressFault } from '../../src/evidence/evidence.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { behindIngress } from '../support/frontend-states.js';

const PATH: IngressFault = {
  is: 'path',
  says: 'it rewrites every path to /, so that /api/health is never asked for',
};
const HOST: IngressFault = {
  is: 'host',
  says: 'it takes requests for a.example, and not for b.example, which was asked for',
};

function asked(fault: IngressFault, status: number, state: 'proven' | 'open') {
  return (evidence: HealthyEvidence): void => {
    behindIngress(fault)(evidence);
    const { route } = evidence;
    Object.assign(route, { via: 'url', baseUrl: 'http://b.example', provesNodePort: false });
    route.proof = {
      state,
      by: state === 'proven' ? 'access-log' : undefined,
      says: 'the access log of a pod',
    };
    for (const key of ['health', 'docs', 'tasks'] as const) {
      const exchange = evidence[key];
      exchange.url = exchange.url.replace('http://localhost:30081', 'http://b.example');
      if (status === 404) Object.assign(exchange, { status, json: undefined, body: 'default backend - 404' });
    }
  };
}

test.each([
  ['ingress/wrong-path', PATH],
  ['ingress/wrong-host', HOST],
])('%s is the one root of what is answered with 404', async (cause, fault) => {
  const { diagnoses, unexplained } = await diagnosed(asked(fault, 404, 'open'), { topic: 'service' });
  // That nothing shows what answers is told beside it, and is no root.
  const roots = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive');
  expect(roots).toEqual([expect.objectContaining({ cause, verdict: 'likely' })]);
  expect(diagnoses[0]).toBe(roots[0]);
  expect(unexplained).toEqual([]);
});

test.each([PATH, HOST])('what came through has its path and its host: $is', async (fault) => {
  const { causes, results } = await diagnosed(asked(fault, 200, 'proven'), { topic: 'service' });
  expect(causes.filter((each) => each.startsWith('ingress/'))).toEqual([]);
  expect(results.find(({ id }) => id === 'functional/node-port')?.status).not.toBe('fail');
});
