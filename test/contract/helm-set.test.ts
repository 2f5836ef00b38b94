import { describe, expect, test } from '@jest/globals';
import { parseSet } from '../../src/contract/helm-set.js';
import { resolveContract } from '../../src/contract/resolve.js';
import type { Tree } from '../../src/contract/tree.js';
import { contractErrorOf } from './files.js';

function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]));
}

describe('parseSet', () => {
  test.each<[string, unknown[]]>([
    ['a=1', [{ a: 1 }]],
    ['a.b=x,c=y', [{ a: { b: 'x' } }, { c: 'y' }]],
    ['a=true,b=FALSE,c=null', [{ a: true }, { b: false }, { c: null }]],
    // Helm keeps what begins with a zero, and what is no whole number, as text.
    ['a=0,b=007,c=1.5,d=-3', [{ a: 0 }, { b: '007' }, { c: '1.5' }, { d: -3 }]],
    ['a={x,y}', [{ a: ['x', 'y'] }]],
    ['a={x\\,y,2},b=z', [{ a: ['x,y', 2] }, { b: 'z' }]],
    ['a={}', [{ a: [] }]],
    ['a\\.b.c=x', [{ 'a.b': { c: 'x' } }]],
    ['a=x\\,y', [{ a: 'x,y' }]],
    ['a=x=y.z', [{ a: 'x=y.z' }]],
    ['a=', [{ a: '' }]],
    ['a=1,', [{ a: 1 }]],
  ])('%s', (text, expected) => {
    expect(parseSet(text).map(plain)).toEqual(expected);
  });

  test.each([
    ['', 'has no value'],
    ['a', 'has no value'],
    ['a,b=1', 'has no value'],
    ['=1', 'a key is empty'],
    ['a..b=1', 'a key is empty'],
    ['a={x', 'no closing }'],
    ['a={x}y', 'expected a comma'],
    ['a[0]=1', 'list positions are not supported'],
    ['a.__proto__.b=1', 'is not allowed as a key'],
    [`${'a.'.repeat(100)}b=1`, 'more than 16 levels'],
  ])('refuses %j', async (text, expected) => {
    const message = await contractErrorOf(() => parseSet(text));
    expect(message).toMatch(/^--set: /);
    expect(message).toContain(expected);
  });

  test('never repeats a URL that was passed in place of a key', async () => {
    for (const text of ['postgresql://u:hunter2@h/db?sslmode=require', 'backend.env.X=a,hunter2']) {
      const message = await contractErrorOf(() => resolveContract({ valuesFiles: [], sets: [text] }));
      expect(message).not.toContain('hunter2');
    }
  });
});
