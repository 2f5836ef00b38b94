import { describe, expect, test } from '@jest/globals';
import { judged } from '../../load/judged.js';
import { podLoad } from '../../support/load-facts.js';

test('a spread that is too uneven fails, with what was expected', async () => {
  const { exitCode, report } = await judged([600, 400]);
  expect(exitCode).toBe(1);
  const [finding] = report.checks.find(({ id }) => id.endsWith('even-spread'))?.findings ?? [];
  expect(finding?.messageId).toBe('uneven');
  expect(finding?.data).toMatchObject({ expected: 'about 500 for each pod', found: '600 / 400' });
});

describe('the way to the pods', () => {
  const proxied = {
    via: 'proxy',
    baseUrl: 'https://api/proxy',
    balances: false,
    provesNodePort: false,
  } as const;
  const tried = (...urls: string[]) =>
    urls.map((url) => ({ url, outcome: 'refused' as const, detail: 'connection refused' }));

  test('that was taken because the node port does not answer is a warning', async () => {
    const { exitCode, messages, messageIds } = await judged([5, 5], undefined, {
      route: { ...proxied, tried: tried('http://localhost:30081', proxied.baseUrl) },
    });
    expect(exitCode).toBe(0);
    expect(messageIds).toEqual(['other-way']);
    expect(messages).toEqual([
      'it was the API server that spread them evenly: what kube-proxy does is not known, because ' +
        'http://localhost:30081: connection refused. --via proxy asks for this way',
    ]);
  });

  test('that was asked for is none', async () => {
    const { messages } = await judged([5, 5], undefined, {
      route: { ...proxied, tried: tried(proxied.baseUrl) },
    });
    expect(messages).toEqual([]);
  });

  test.each([
    [[6, 4], 'pass'],
    [[10, 0], 'unknown'],
  ] as const)('on which shares cannot be equal: %j', async (counts, answered) => {
    const { statuses, report } = await judged(
      counts,
      (facts) => {
        facts.dataPath.externalTrafficPolicy = 'Local';
        facts.pods.push(podLoad('pod-2', 5, { node: 'other' }));
      },
      { route: { via: 'url', balances: false, provesNodePort: false } },
    );
    expect(statuses).toMatchObject({
      'every-pod-answered': answered,
      'even-spread': answered === 'pass' ? 'skip' : 'blocked',
    });
    expect(report.load?.notes[0]).toMatch(/pods: minikube 2, other 1/);
  });

  test('on which it is not known who can be reached is enough where everyone answered', async () => {
    const { statuses } = await judged([6, 4], (facts) => {
      facts.dataPath.externalTrafficPolicy = 'Local';
      facts.dataPath.node = undefined;
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'pass', 'even-spread': 'unknown' });
  });
});
