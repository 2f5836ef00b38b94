/** Secrets are read by a list only where it holds no other. */
import { expect, test } from '@jest/globals';
import type { ObjectIdentity } from '../../src/contract/found-objects.js';
import { INSTANCE, revisionsTogether, secretsTogether } from '../../src/evidence/read-together.js';

const secret = (name: string, instance?: string): ObjectIdentity => ({
  name,
  labels: instance === undefined ? {} : { [INSTANCE]: instance },
  annotations: {},
});
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => secret(`s${index}`, `r${index}`));

test('those that a label tells from all others', () => {
  const all = [secret('a', 'one'), secret('b', 'two'), secret('other', 'three')];
  expect(secretsTogether('apps', ['a', 'b'], all)).toEqual([
    {
      list: '/api/v1/namespaces/apps/secrets',
      labelSelector: `${INSTANCE} in (one,two)`,
      names: ['a', 'b'],
    },
  ]);
});

test.each([
  ['another Secret of the same release', secret('database', 'one'), []],
  ['one without the label, whose other has it not either', secret('plain'), ['a', 'b']],
])('%s', (_, other, names) => {
  const all = [secret('a', 'one'), secret('b', 'one'), other];
  expect(secretsTogether('apps', ['a', 'b'], all).flatMap((group) => group.names)).toEqual(names);
});

test.each([
  ['has no label', undefined],
  ['has an empty one', ''],
  ['has one that is no value of a label', 'x,y) or (z'],
])('not one that %s', (_, instance) => {
  const all = [secret('a', instance), secret('b', 'two'), secret('c', 'three')];
  expect(secretsTogether('apps', ['a', 'b', 'c'], all).flatMap((group) => group.names)).toEqual(['b', 'c']);
});

test('one alone is read by its name', () => {
  expect(secretsTogether('apps', ['a'], [secret('a', 'one')])).toEqual([]);
  expect(secretsTogether('apps', ['a', 'gone'], [secret('a', 'one')])).toEqual([]);
});

test('many are read in parts, each Secret in one', () => {
  const all = numbered(45);
  const groups = secretsTogether(
    'apps',
    all.map(({ name }) => name),
    all,
  );
  expect(groups.map(({ names }) => names.length)).toEqual([20, 20, 5]);
  expect(new Set(groups.flatMap(({ names }) => names)).size).toBe(45);
});

const stored = (release: string, revision: number, status = 'deployed', more = {}) => ({
  driver: 'secrets' as const,
  namespace: 'apps',
  object: `sh.helm.release.v1.${release}.v${revision}`,
  release,
  revision,
  status,
  ...more,
});

test('the newest revision of each release, whatever came of it', () => {
  const discovery = {
    stored: [
      stored('one', 9, 'superseded'),
      stored('one', 10, 'failed'),
      stored('two', 1),
      stored('other', 1),
      stored('elsewhere', 1, 'deployed', { namespace: 'helm' }),
      stored('map', 1, 'deployed', { driver: 'configmaps' }),
      stored('old', 1, 'superseded'),
    ],
  };
  const wanted = new Set(['one', 'two', 'elsewhere', 'map', 'old']);
  expect(revisionsTogether('apps', wanted, discovery)).toEqual([
    {
      list: '/api/v1/namespaces/apps/secrets',
      labelSelector: 'owner=helm,name in (one,two),status!=superseded',
      names: ['sh.helm.release.v1.one.v10', 'sh.helm.release.v1.two.v1'],
    },
  ]);
});
