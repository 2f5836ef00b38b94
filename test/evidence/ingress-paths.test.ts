/** Which paths and hosts come through an Ingress to the backend as it has them. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { hostFault, pathFault } from '../../src/evidence/ingress-paths.js';

const { http } = DEFAULT_CONTRACT;
const TARGET = 'nginx.ingress.kubernetes.io/rewrite-target';
const fault = (
  paths: readonly string[],
  annotations: Record<string, string> = {},
  pathType = 'Prefix',
  isAsked = true,
) =>
  pathFault(
    { metadata: { name: 'todo', annotations } },
    paths.map((path) => ({ host: 'todo.local', path, pathType })),
    http,
    isAsked,
  );

describe('paths', () => {
  test.each<[paths: string[], annotations: Record<string, string>]>([
    [['/'], {}],
    [['/api'], {}],
    [['/api/'], {}],
    [['/api/tasks'], {}],
    [['/docs', '/openapi.json'], {}],
    [['/backend'], { 'traefik.ingress.kubernetes.io/router.middlewares': 'default-strip@kubernetescrd' }],
    [['/backend(/|$)(.*)'], { [TARGET]: '/$2' }],
    [['/backend'], { [TARGET]: '/api/health' }],
  ])('%j come through, with %j', (paths, annotations) => {
    expect(fault(paths, annotations)).toBeUndefined();
  });

  test.each<[paths: string[], annotations: Record<string, string>, says: RegExp]>([
    [['/'], { [TARGET]: '/' }, /rewrites every path to \/, so that \/api\/health is never asked for/],
    [['/api'], { [TARGET]: '/' }, /rewrites every path to \//],
    [['/api'], { [TARGET]: '/api' }, /rewrites every path to \/api,/],
    [['/backend'], {}, /takes \/backend alone, and rewrites nothing: \/api\/health does not come through/],
    [['/todo', '/todo/v2'], {}, /takes \/todo, \/todo\/v2 alone/],
    [['/apiv2'], {}, /takes \/apiv2 alone/],
  ])('%j do not, with %j', (paths, annotations, says) => {
    expect(fault(paths, annotations)).toMatchObject({ is: 'path', says: expect.stringMatching(says) });
  });

  test('without a URL only what is certain is told', () => {
    expect(fault(['/backend'], {}, 'Prefix', false)).toBeUndefined();
    expect(fault(['/backend'], { [TARGET]: '/' }, 'Prefix', false)).toMatchObject({ is: 'path' });
  });

  test('an exact path takes no other one', () => {
    expect(fault(['/api'], {}, 'Exact')).toMatchObject({ is: 'path' });
    expect(fault(['/api/health'], {}, 'Exact')).toBeUndefined();
  });
});

describe('hosts', () => {
  const of = (...hosts: string[]) => hosts.map((host) => ({ host, path: '/', pathType: 'Prefix' }));

  test.each([
    ['http://todo.local', of('todo.local')],
    ['https://a.example.com', of('*.example.com')],
    ['https://other.example.com', of('')],
    ['http://todo.local:8080', of('x.local', 'todo.local')],
    ['http://localhost:30081', of('todo.local')],
    ['http://192.168.49.2', of('todo.local')],
    ['http://[fd00::1]', of('todo.local')],
  ])('%s is taken, or is no name: %j', (url, paths) => expect(hostFault(paths, url)).toBeUndefined());

  test.each([
    ['http://todo.example.com', of('todo.local')],
    ['https://a.b.example.com', of('*.example.com')],
    ['https://example.com', of('*.example.com', 'todo.local')],
  ])('%s is not taken: %j', (url, paths) => {
    expect(hostFault(paths, url)).toMatchObject({ is: 'host', says: expect.stringContaining('asked for') });
  });
});
