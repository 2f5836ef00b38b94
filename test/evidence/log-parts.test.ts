import { expect, test } from '@jest/globals';
import { LogParts } from '../../src/evidence/log-parts.js';

const { signal } = new AbortController();
const pod = (name: string) => ({ namespace: 'default', name, container: 'backend' });

function parts() {
  const asked: string[] = [];
  const client = {
    logs: ({ name }: { name: string }, { tailLines }: { tailLines?: number }) => {
      asked.push(`${name} ${tailLines ?? 'head'}`);
      return Promise.resolve({ text: `${name} ${asked.length}`, truncated: false });
    },
  };
  return { parts: new LogParts(client), asked };
}

test('what was read is taken once, and read anew after that', async () => {
  const { parts: of, asked } = parts();
  const read = await of.read(pod('a'), undefined, signal);
  expect(await of.take(pod('a'), undefined, signal)).toBe(read);
  expect((await of.take(pod('a'), undefined, signal)).text).toBe('a 2');
  expect(asked).toEqual(['a head', 'a head']);
});

test('each pod and each part is its own', async () => {
  const { parts: of, asked } = parts();
  await of.read(pod('a'), undefined, signal);
  await of.take(pod('b'), undefined, signal);
  await of.take(pod('a'), 4000, signal);
  expect(asked).toEqual(['a head', 'b head', 'a 4000']);
});

test('of two readings the later one is taken', async () => {
  const { parts: of } = parts();
  await of.read(pod('a'), 4000, signal);
  await of.read(pod('a'), 4000, signal);
  expect((await of.take(pod('a'), 4000, signal)).text).toBe('a 2');
});
