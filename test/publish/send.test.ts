import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { send } from '../../src/publish/send.js';
import { apiServer, never } from '../evidence/kubernetes/support.js';

/** A server that takes the request and never answers. */
const silent = async () => new URL((await apiServer('http', () => undefined)).url);

test('what never answers is given up, also when memory was cleared meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const url = await silent();
  const sent = send('POST', url, '{}', 'application/json', never, 1000).catch((error: unknown) =>
    String(error),
  );
  await sleep(100);
  collect();
  expect(await sent).toBe(`Error: ${url.host}: no answer in 1 s`);
});

test('the end of the run ends it', async () => {
  const [url, run] = [await silent(), new AbortController()];
  const sent = send('POST', url, '{}', 'application/json', run.signal, 60_000).catch((error: unknown) =>
    String(error),
  );
  run.abort(new Error('interrupted'));
  expect(await sent).toBe(`Error: ${url.host}: interrupted`);
});
