import { test, beforeAll, afterAll } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { json, status } from '../evidence/kubernetes/support.js';
import { faultyApi, type Fault } from './support/faulty-api.js';
import { verify, report } from './support/verify.js';
let lab: Lab;
beforeAll(async () => { lab = await startLab(); });
afterAll(() => lab.close());
async function show(name: string, fault: Fault, ...argv: string[]) {
  const api = await faultyApi(lab, fault);
  const t = await report('--kubeconfig', api.kubeconfig, '--url', lab.url, ...argv);
  console.log(`\n##### ${name}: exit ${t.exitCode} ${Math.round(t.ms)} ms  ${JSON.stringify(t.report.summary)} conn ${api.connections} reqs ${api.requests.length}`);
  for (const n of t.report.notices) console.log('  NOTICE', n);
  for (const c of t.report.checks) if (c.status !== 'pass') console.log(' ', c.status, c.id, '|', t.said(c.id).slice(0, 400));
  console.log(t.stderr);
}
const path = (r: {url?: string}) => r.url ?? '';
test('all', async () => {
  await show('healthy', {});
  await show('hang', { answer: () => true }, '--request-timeout', '300ms');
  await show('403 secrets', { answer: (q, r) => path(q).includes('/secrets') ? (json(r, 403, status(403, 'Forbidden', 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"')), true) : false });
  await show('401', { answer: (_q, r) => (json(r, 401, status(401, 'Unauthorized', 'Unauthorized')), true) });
  await show('no slices', { answer: (q, r) => path(q).includes('discovery.k8s.io') ? (r.writeHead(404, {'content-type': 'text/plain'}), r.end('404 page not found\n'), true) : false });
  let n = 0;
  await show('429 then ok', { answer: (q, r) => path(q).includes('/services') && n++ < 1 ? (json(r, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '0' }), true) : false });
  await show('429 always', { answer: (_q, r) => (json(r, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' }), true) }, '--request-timeout', '1s');
  await show('500', { answer: (_q, r) => (json(r, 500, status(500, 'InternalError', 'etcd is sad')), true) });
  await show('503 pods', { answer: (q, r) => path(q).includes('/pods?') ? (json(r, 503, status(503, 'ServiceUnavailable', 'no')), true) : false });
  await show('truncated', { answer: (_q, r) => (r.writeHead(200, {'content-type': 'application/json'}), r.end('{"kind":"List","items":[{"meta'), true) });
  await show('html', { answer: (_q, r) => (r.writeHead(200, {'content-type': 'text/html'}), r.end('<!doctype html><title>Sign in</title>SECRETBODY'), true) });
  await show('reset', { answer: (_q, r) => (r.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'}), r.write('{"items'), setTimeout(() => r.stream ? r.stream.close(2) : 0, 10), true) } as never);
  const v = await verify('--lab', '--request-timeout', 'abc'); console.log(v);
}, 60000);
