/** Thousands of pods: what is asked of each is looked up, and not searched; whoever interrupts is heard. */
import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { TREES } from '../../src/diagnoses/index.js';
import { diagnoseInSteps, factsOf, type Facts } from '../../src/engine/diagnose.js';
import { runChecks } from '../../src/engine/run.js';
import { selectChecks } from '../../src/engine/select.js';
import { inSlices } from '../../src/turn.js';
import type { EvidenceMap, EvidenceReader } from '../../src/evidence/evidence.js';
import type { Pod } from '../../src/evidence/objects.js';
import { TARGET, type HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { healthyEvidence, NOW } from '../support/healthy.js';

const PODS = 2000;

/** The healthy state with many pods, of which some are in trouble. */
function scaled(evidence: HealthyEvidence, spoil: (pod: Pod, index: number) => void = () => undefined): void {
  const [pod] = evidence.pods;
  const [log] = evidence.logs;
  const [address] = evidence.endpoints.addresses;
  if (!pod || !log || !address) throw new Error('the healthy state has pods');
  const names = Array.from({ length: PODS }, (_, index) => `${pod.metadata.name}-${index}`);
  evidence.deployment.spec.replicas = PODS;
  evidence.pods = names.map((name, index) => {
    const copy = structuredClone(pod);
    Object.assign(copy.metadata, { name, uid: `uid-${index}` });
    Object.assign(copy.status ?? {}, { podIP: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` });
    spoil(copy, index);
    return copy;
  });
  evidence.logs = names.map((name) => ({ ...log, pod: name }));
  evidence.endpoints.addresses = evidence.pods.map(({ metadata, status }) => ({
    ...address,
    podName: metadata.name,
    address: status?.podIP ?? '',
  }));
  evidence.events = evidence.pods.flatMap(({ metadata }) =>
    ['Pulled', 'Created', 'Unhealthy'].map((reason, index) => ({
      metadata: { name: `${metadata.name}.${index}`, creationTimestamp: '2026-02-09T14:04:00Z' },
      involvedObject: { kind: 'Pod', name: metadata.name, uid: metadata.uid },
      type: reason === 'Unhealthy' ? 'Warning' : 'Normal',
      reason,
      message:
        reason === 'Unhealthy' ? 'Readiness probe failed: HTTP probe failed with statuscode: 503' : reason,
      lastTimestamp: '2026-02-09T14:04:00Z',
      count: 4,
    })),
  );
}

/** Counts the items that are looked at. */
function watched<T>(list: T[], searches: { items: number }): T[] {
  return new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) searches.items += 1;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

function inputOf(evidence: HealthyEvidence) {
  const reader: EvidenceReader = {
    read: (key) =>
      Promise.resolve({ ok: true, at: new Date(NOW).toISOString(), value: evidence[key] as never }),
    close: () => Promise.resolve(),
  };
  const contract = structuredClone(DEFAULT_CONTRACT);
  contract.backend.replicaCount = PODS;
  return { reader, context: { contract, target: structuredClone(TARGET), now: NOW } };
}

async function judge(evidence: HealthyEvidence, signal = new AbortController().signal) {
  const { reader, context } = inputOf(evidence);
  const facts: Facts = {};
  for (const key of factsOf(TREES)) Object.assign(facts, { [key]: await reader.read(key, signal) });
  const selected = selectChecks(CHECKS, [], []);
  const shared = { declined: new Map(), reader, context, signal, emit: () => undefined };
  const results = await runChecks({ checks: CHECKS, selected, ...shared });
  const ended = () => (signal.aborted ? 'interrupted' : undefined);
  const found = await inSlices(
    diagnoseInSteps({ trees: TREES, facts, results, context, options: {}, ended }),
  );
  return { results, found };
}

describe('thousands of pods', () => {
  const coming = (pod: Pod) => {
    pod.metadata.creationTimestamp = new Date(NOW - 5000).toISOString();
    delete pod.spec.nodeName;
    pod.status = { phase: 'Pending' };
  };
  test.each<[string, (pod: Pod) => void, string, string]>([
    ['all are well', () => undefined, 'pods/ready', 'pass'],
    ['all are on their way', coming, 'pods/running', 'unknown'],
  ])('no list is searched once for each pod: %s', async (_, spoil, id, status) => {
    const evidence = healthyEvidence();
    scaled(evidence, spoil);
    const read = { items: 0 };
    for (const key of ['pods', 'events', 'logs'] as const) {
      const list = evidence[key] as EvidenceMap[typeof key][number][];
      Object.assign(evidence, { [key]: watched(list, read) });
    }
    const { results } = await judge(evidence);
    expect(results.find((each) => each.id === id)?.status).toBe(status);
    // All walks over the lists together are about 50 for each pod; one search for each pod is 1,000 more.
    expect(read.items / PODS).toBeLessThan(200);
  });

  test('one trouble of all of them is one diagnosis, and others keep their pods', async () => {
    const { diagnoses } = await diagnosed((evidence, contract) => {
      contract.backend.replicaCount = PODS;
      scaled(evidence, ({ status }, index) => {
        const ready = status?.conditions?.find(({ type }) => type === 'Ready');
        if (ready && index % 2 === 0) Object.assign(ready, { status: 'False', reason: 'ContainersNotReady' });
      });
    });
    const [first] = diagnoses;
    expect(first?.symptoms).toContain('pods/ready');
    expect(first?.summary).toContain(`and ${PODS / 2 - 2} more`);
    expect(first?.evidence.length).toBeLessThanOrEqual(6);
  });

  test('an interruption in the middle is heard: what was not judged by then is unknown, and says why', async () => {
    const evidence = healthyEvidence();
    scaled(evidence);
    const interruption = new AbortController();
    setImmediate(() => interruption.abort(new Error('interrupted')));
    const { results, found } = await judge(evidence, interruption.signal);
    const unjudged = results.filter(({ status }) => status === 'unknown');
    expect(unjudged.length).toBeGreaterThan(0);
    expect(new Set(unjudged.map(({ message }) => message))).toContain('interrupted');
    const states = found.topics.flatMap(({ path }) => path);
    expect(states.some(({ state, detail }) => state === 'unknown' && detail === 'interrupted')).toBe(true);
    expect(found.diagnoses.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
  });
});
