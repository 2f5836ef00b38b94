/** No step of a topic says that all is well where a check that proves the same does not. */
import { describe, expect, test } from '@jest/globals';
import { TREES } from '../../src/diagnoses/index.js';
import type { Topic } from '../../src/rule/diagnosis.js';
import { names } from '../../src/rule/cause-data.js';
import type { AnyHop } from '../../src/diagnoses/tree.js';
import { CHECKS } from '../../src/checks/index.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed, type DiagnosedState } from '../support/diagnosed.js';
import { mulberry32 } from '../support/random.js';
import type { EvidenceKey } from '../../src/evidence/evidence.js';
import { notMeasured } from '../support/database-states.js';
import { ago, crashed } from '../support/pod-states.js';
import { HEALTH } from './shown/health.js';
import { MEMORY } from './shown/memory.js';
import { OTHERS } from './shown/others.js';
import { PODS } from './shown/pods.js';
import { OBJECTS, WAYS } from './shown/service.js';

const hopOf = (topic: Topic, id: string): AnyHop | undefined =>
  TREES.find((tree) => tree.topic === topic)?.hops.find((hop) => hop.id === id);

/** Good steps beside a check that proves the same and does not pass. */
function contradictions({ topics, results }: DiagnosedState): string[] {
  return topics.flatMap(({ topic, path }) =>
    path
      .filter(({ state }) => state === 'good')
      .flatMap(({ hop }) =>
        (hopOf(topic, hop)?.proves ?? [])
          .filter((id) =>
            results.some(
              (result) => result.id === id && ['fail', 'unknown', 'blocked'].includes(result.status),
            ),
          )
          .map((id) => `${topic}/${hop} beside ${id}`),
      ),
  );
}

/** Every step good or left out, and exit code 0, must mean that each step was reached. */
function unreachedButFine({ topics, exitCode }: DiagnosedState): string[] {
  if (exitCode !== 0) return [];
  return topics.flatMap(({ topic, path }) =>
    path
      .filter(({ state }) => state === 'not-reached' || state === 'unknown' || state === 'broken')
      .map(({ hop, state }) => `${topic}/${hop} ${state}`),
  );
}

test('what a step proves are checks that its topic runs', () => {
  const ids = new Set(CHECKS.map(({ meta }) => meta.id));
  for (const { topic, checks, hops } of TREES) {
    for (const { id, proves = [] } of hops) {
      for (const check of proves) {
        expect([topic, id, check, ids.has(check as never)]).toEqual([topic, id, check, true]);
        // A topic’s beginning is the same everywhere; what it does not run, it cannot contradict.
        if (id !== 'cluster' && id !== 'nodes' && id !== 'deployment')
          expect([topic, id, check, names(checks, check)]).toEqual([topic, id, check, true]);
      }
    }
  }
  expect(TREES.flatMap(({ hops }) => hops.filter(({ proves }) => proves)).length).toBeGreaterThan(15);
});

describe('in every state that shows a cause', () => {
  const ROWS = [
    ...[...PODS, ...HEALTH, ...MEMORY].map((row) => [row[0], row[1], undefined] as const),
    ...[...OBJECTS, ...WAYS].map(([, change, cause]) => [cause, change, undefined] as const),
    ...OTHERS.map((row) => [row[0], row[1], row[2]] as const),
  ].map(([cause, change, circumstances], index) => ({ name: `${index} ${cause}`, change, circumstances }));
  test.each(ROWS)('$name', async ({ change, circumstances }) => {
    const state = await diagnosed(change, circumstances);
    expect(contradictions(state)).toEqual([]);
    expect(unreachedButFine(state)).toEqual([]);
  });
});

/** Values that a field may get that has another one. */
const OTHER: readonly unknown[] = [undefined, null, 0, 3, '', 'other', 'False', false, [], {}];

describe('in worlds in which something was changed', () => {
  test('300 of them', async () => {
    const random = mulberry32(20261130);
    const found: string[] = [];
    let broken = 0;
    for (let round = 0; round < 300; round += 1) {
      let what = '';
      const state = await diagnosed((evidence) => {
        what = mutate(evidence, random);
      }).catch((error: unknown) => error as Error);
      // What the border would have refused may stop a check; no step may hide that.
      if (state instanceof Error) continue;
      if (state.exitCode !== 0) broken += 1;
      for (const each of [...contradictions(state), ...unreachedButFine(state)])
        found.push(`${what}: ${each}`);
    }
    expect(found).toEqual([]);
    expect(broken).toBeGreaterThan(50);
  });
});

const MUTATED = [
  'deployment',
  'pods',
  'replicaSets',
  'service',
  'endpoints',
  'configMap',
  'nodes',
  'events',
  'logs',
] as const;

/** Changes one field somewhere, and says which. */
function mutate(evidence: HealthyEvidence, random: () => number): string {
  const key = MUTATED[Math.floor(random() * MUTATED.length)] ?? 'pods';
  let at = evidence[key] as unknown;
  let path: string = key;
  for (let depth = 0; depth < 12; depth += 1) {
    if (typeof at !== 'object' || at === null) break;
    const keys = Object.keys(at);
    const next = keys[Math.floor(random() * keys.length)];
    if (next === undefined) break;
    const holder = at as Record<string, unknown>;
    const value = holder[next];
    path = `${path}.${next}`;
    if (typeof value !== 'object' || value === null || random() < 0.1) {
      const other = OTHER[Math.floor(random() * OTHER.length)];
      if (other === undefined || other === null) Reflect.deleteProperty(holder, next);
      else if (typeof other === typeof value) holder[next] = other;
      else if (typeof value === 'number') holder[next] = value + 1;
      else if (typeof value === 'boolean') holder[next] = !value;
      else if (typeof value === 'string') holder[next] = next.endsWith('At') ? ago(5) : 'other';
      return path;
    }
    at = value;
  }
  return path;
}

describe('a step that was not reached', () => {
  test('pods without DATABASE_URL, because the Secret was filled after their start', async () => {
    const { topics, exitCode, causes } = await diagnosed(
      ({ databaseLadder }) => {
        if (!databaseLadder.pods.ok) throw new Error('no ladder');
        for (const { ladder } of databaseLadder.pods.value) {
          if (ladder.ok) Object.assign(ladder.value, { url: 'missing', hosts: [], matchesSecret: undefined });
        }
      },
      { topic: 'db' },
    );
    expect(causes).toEqual(['db/url-missing']);
    expect(exitCode).toBe(1);
    expect(topics[0]?.path.find(({ hop }) => hop === 'dns')?.state).toBe('broken');
  });

  test('facts of what was changed that could not be read', async () => {
    const unread = {
      drift: { ok: false, at: ago(0), why: 'timeout', detail: 'drift: no answer within 5 s' },
    } as const;
    const { exitCode } = await diagnosed(undefined, { topic: 'pods', unread });
    expect(exitCode).toBe(3);
    const part = await diagnosed(
      ({ drift }) => {
        drift.unread.push({ kind: 'Secret', name: 's', why: 'forbidden', detail: 'secrets is forbidden' });
      },
      { topic: 'pods' },
    );
    expect(part.exitCode).toBe(3);
  });

  test.each([
    ['missing', [0]],
    ['empty', [0, 1]],
    ['empty', [1]],
  ] as [string, number[]][])('DATABASE_URL is %s in pods %j alone', async (url, pods) => {
    const { topics, exitCode, causes } = await diagnosed(
      ({ databaseLadder }) => {
        if (!databaseLadder.pods.ok) throw new Error('no ladder');
        for (const [index, { ladder }] of databaseLadder.pods.value.entries())
          if (pods.includes(index) && ladder.ok)
            Object.assign(ladder.value, { url, hosts: [], matchesSecret: undefined });
      },
      { topic: 'db' },
    );
    expect([causes, exitCode]).toEqual([['db/url-missing'], 1]);
    expect(topics[0]?.path.find(({ hop }) => hop === 'dns')?.state).toBe('broken');
  });

  test.each([
    ['tcp', 'TimeoutError', 'db/timeout'],
    [
      'tcp',
      "ConnectionRefusedError: [Errno 111] Connect call failed ('10.0.0.9', 5432)",
      'db/connection-refused',
    ],
    [
      'login',
      'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "x"',
      'db/authentication-failed',
    ],
  ])('asyncpg ends the start: %s is broken, and nothing behind it is good', async (broken, words, cause) => {
    const { topics, causes } = await diagnosed(
      (evidence) => {
        notMeasured(evidence);
        for (const index of [0, 1])
          crashed(evidence, index, { exitCode: 3 }, [
            'ERROR:    Traceback (most recent call last):',
            '  File "/usr/local/lib/python3.12/site-packages/asyncpg/connect_utils.py", line 1218, in _connect_addr',
            words,
            'ERROR:    Application startup failed. Exiting.',
          ]);
      },
      { topic: 'db' },
    );
    expect(causes).toEqual([cause]);
    const path = topics[0]?.path ?? [];
    const at = path.findIndex(({ hop }) => hop === broken);
    expect(path[at]?.state).toBe('broken');
    expect(path.slice(at + 1).filter(({ state }) => state === 'good')).toEqual([]);
  });
});

test.each<[Topic, EvidenceKey]>([
  ['pods', 'pods'],
  ['pods', 'replicaSets'],
  ['pods', 'deployment'],
  ['db', 'databaseLadder'],
  ['db', 'secret'],
  ['db', 'environment'],
  ['service', 'vantage'],
  ['service', 'endpoints'],
  ['service', 'nodes'],
  ['health', 'health'],
  ['memory', 'pods'],
])('%s: without %s nothing is said to be well', async (topic, key) => {
  const unread = {
    [key]: { ok: false, at: ago(0), why: 'forbidden', detail: `${key} is forbidden` } as const,
  };
  expect((await diagnosed(undefined, { topic, unread })).exitCode).toBe(3);
});
