/** What is asked for early is what would be asked for anyway: as many calls, each of them once. */
import { afterEach, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import { findReleases } from '../../src/cli/find-releases.js';
import { Interruption } from '../../src/cli/interruption.js';
import type { SessionFlags } from '../../src/cli/release.js';
import { verifyRelease } from '../../src/cli/verification.js';
import { factsRead, selectChecks } from '../../src/engine/select.js';
import type { KubernetesClient } from '../../src/evidence/kubernetes/client.js';
import { createKubernetesClient } from '../../src/evidence/kubernetes/create-client.js';
import { tracedClient } from '../../src/evidence/kubernetes/traced-client.js';
import { startLab, type Lab } from '../../src/lab/lab.js';

const { signal } = new AbortController();
let lab: Lab;
afterEach(() => lab.close());

/** Calls of the API server, sorted. @param each stands in for the client */
async function callsOf(
  only: string[],
  early: boolean,
  each: (client: KubernetesClient) => KubernetesClient = (client) => client,
): Promise<{ calls: string[]; exitCode: number }> {
  const selected = selectChecks(CHECKS, only, []);
  const flags: SessionFlags = {
    'request-timeout': 5000,
    'all-releases': false,
    exec: true,
    ...(early && { ahead: factsRead(CHECKS, selected) }),
  };
  const own = await createKubernetesClient(
    { kubeconfig: lab.kubeconfigPath, requestTimeoutMs: 5000 },
    process.env,
  );
  const calls: string[] = [];
  const traced = tracedClient(own, (line) => calls.push(line.replace(/ {2}\d+ ms$/, '')));
  // How often pods are looked at again depends on how even ten requests happened to be spread.
  const client: KubernetesClient = {
    ...traced,
    list: (path, ended, list) => (list.again === true ? own : traced).list(path, ended, list),
  };
  const options = { exec: true, requestTimeoutMs: 5000, probeTimeoutMs: 5000 };
  const session = await findReleases(each(client), flags, options, signal);
  const interruption = new Interruption();
  const [release] = session.releases;
  if (release === undefined) throw new Error('no release was found');
  try {
    const run = { version: '0', release, selected, declined: new Map(), strict: false, waitMs: 0 };
    const { exitCode } = await verifyRelease({ ...run, interruption, emit: () => undefined });
    return { calls: calls.sort(), exitCode };
  } finally {
    interruption.dispose();
    await session.close();
    await own.close();
  }
}

test.each([
  ['healthy', []],
  ['healthy', ['cluster']],
  ['healthy', ['config']],
  ['healthy', ['pods', 'deployment']],
  ['healthy', ['service']],
  ['healthy', ['functional/health']],
  ['secret-missing', ['config', 'pods']],
  ['forbidden-secrets', ['config', 'deployment']],
  ['service-missing', ['service']],
  ['deployment-missing', ['deployment', 'pods']],
  ['pod-not-ready', ['pods']],
] as const)('%s, only %j', async (scenario, only) => {
  lab = await startLab(scenario);
  const asBefore = await callsOf([...only], false);
  const early = await callsOf([...only], true);
  // How many looks a log takes until its lines have come is a matter of time.
  const counted = ({ calls }: typeof early) => calls.filter((call) => !call.startsWith('logs '));
  expect(counted(early)).toEqual(counted(asBefore));
  expect(early.exitCode).toBe(asBefore.exitCode);
});

test('a selector with expressions is not known from labels, and pods are not asked for early', async () => {
  lab = await startLab('healthy');
  await lab.change(({ manifests }) => {
    manifests.deployment.spec.selector.matchExpressions = [{ key: 'tier', operator: 'DoesNotExist' }];
  });
  const { calls } = await callsOf(['pods'], true);
  expect(calls.filter((call) => call.includes('/replicasets'))).toHaveLength(1);
});

/**
 * Answers all calls that have come until no more come, and counts how often: what waits for nothing is in one round. Logs, and
 * pods that are looked at again, come as often as chance and the requests demand, and are not held back.
 */
function inRounds(client: KubernetesClient): { client: KubernetesClient; rounds: () => number } {
  let rounds = 0;
  const waiting: (() => void)[] = [];
  let quiet: NodeJS.Timeout | undefined;
  const turn = async (): Promise<void> => {
    clearTimeout(quiet);
    const answered = new Promise<void>((resolve) => waiting.push(resolve));
    const tick = (left: number) => {
      quiet = setTimeout(() => {
        if (left > 0) {
          tick(left - 1);
          return;
        }
        rounds += 1;
        for (const answer of waiting.splice(0)) answer();
      }, 40);
    };
    tick(3);
    await answered;
  };
  return {
    rounds: () => rounds,
    client: {
      ...client,
      get: (...call) => turn().then(() => client.get(...call)),
      list: (path, ended, list) =>
        list.again === true
          ? client.list(path, ended, list)
          : turn().then(() => client.list(path, ended, list)),
      review: (...call) => turn().then(() => client.review(...call)),
      exec: (...call) => turn().then(() => client.exec(...call)),
    },
  };
}

test('calls of a whole run wait for each other twice: names, objects, what pods say', async () => {
  lab = await startLab('healthy');
  let rounds = () => 0;
  await callsOf([], true, (client) => {
    const counted = inRounds(client);
    rounds = counted.rounds;
    return counted.client;
  });
  expect(rounds()).toBe(3);
});
