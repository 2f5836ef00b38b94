/** What fails while a change settles is asked again, once, and that is judged; what fails for good is not hidden. */
import { afterEach, expect, jest, test } from '@jest/globals';
import type { DistributionFacts } from '../../src/evidence/evidence.js';
import type { Pod, Service } from '../../src/evidence/objects.js';
import { backendServer } from '../support/backend-server.js';
import { PATHS, type FakeApi } from '../support/fake-client.js';
import { POD_NAMES } from '../support/healthy.js';
import { healthyApi, live } from '../support/live.js';

jest.setTimeout(60_000);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

interface Circumstances {
  /** Which pod serves the request with this number, counted from 0. */
  served?: (request: number) => number;
  /** Called with the pods after each request. */
  meanwhile?: (arrived: number, pods: Pod[]) => void;
}

/** @param failing numbers of the requests, in the order of arrival, whose connections are cut. @param readyFor seconds */
async function run(
  failing: (request: number) => boolean,
  readyFor: number,
  { served = (request) => request % 2, meanwhile = () => undefined }: Circumstances = {},
): Promise<DistributionFacts> {
  let arrived = 0;
  const server = await backendServer((request, response) => {
    arrived += 1;
    meanwhile(arrived, api.objects[PATHS.pods] as Pod[]);
    if (!failing(arrived)) return false;
    request.socket.resetAndDestroy();
    response.destroy();
    return true;
  });
  open.push(server);
  const api: FakeApi & ReturnType<typeof healthyApi> = healthyApi();
  for (const port of (api.objects[PATHS.service] as Service).spec.ports ?? []) port.nodePort = server.port;
  const since = new Date(Date.now() - readyFor * 1000).toISOString();
  for (const { status } of api.objects[PATHS.pods] as Pod[])
    for (const condition of status?.conditions ?? []) condition.lastTransitionTime = since;
  api.logs = ({ name }) =>
    server.log
      .filter((_, index) => POD_NAMES[served(index)] === name)
      .map((line) => `${line}\n`)
      .join('');
  const { reader, read } = live(api, {}, (contract) => (contract.backend.service.nodePort = server.port));
  open.push(reader);
  return read('distribution');
}

test('one request of ten that fails seconds after the pods became ready is asked again, and said', async () => {
  const facts = await run((request) => request === 3, 13);
  expect(facts).toMatchObject({ completed: 10, problems: [] });
  expect(facts.again?.because).toBe('of 10 requests 1 × connection reset');
  expect(facts.again?.afterMs).toBeGreaterThanOrEqual(1000);
  expect(facts.again?.afterMs).toBeLessThanOrEqual(3000);
});

test('what fails again fails', async () => {
  const facts = await run((request) => request % 4 === 3, 14);
  expect(facts.again).toBeDefined();
  expect(facts.problems).toMatchObject([{ what: 'connection reset' }]);
});

test('nothing is asked again of pods that have been ready for long', async () => {
  const facts = await run((request) => request === 3, 60);
  expect(facts.again).toBeUndefined();
  expect(facts.problems).toEqual([{ what: 'connection reset', requests: 1 }]);
});

test('nor where nothing failed', async () => {
  expect((await run(() => false, 3)).again).toBeUndefined();
});

test('nor where a pod has begun to go meanwhile: it would meet the same', async () => {
  const facts = await run((request) => request === 3, 13, {
    meanwhile: (arrived, pods) => {
      const [pod] = pods;
      if (arrived === 9 && pod) pod.metadata.deletionTimestamp = new Date(Date.now() + 30_000).toISOString();
      for (const each of arrived === 9 ? (pods[1]?.status?.conditions ?? []) : [])
        if (each.type === 'Ready') each.status = 'False';
    },
  });
  expect(facts.again).toBeUndefined();
  expect(facts.problems).toEqual([{ what: 'connection reset', requests: 1 }]);
});

test('ten requests that all met one pod are sent again, with as many as tell chance from a pod that gets none', async () => {
  const facts = await run(() => false, 600, { served: (request) => (request < 11 ? 0 : request % 2) });
  expect(facts.again).toEqual({ afterMs: 0, because: 'the first 10 were spread 10 / 0', chance: true });
  expect(facts.completed).toBe(15);
  expect(facts.pods.map(({ requests }) => requests).sort((a, b) => a - b)).toEqual([7, 8]);
});

test('a pod that gets nothing still gets nothing', async () => {
  const facts = await run(() => false, 600, { served: () => 0 });
  expect(facts.again?.chance).toBe(true);
  expect(facts.pods.map(({ requests }) => requests)).toEqual([15, 0]);
});
