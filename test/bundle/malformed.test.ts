/** Bundles with right checksums and wrong evidence: refused on reading, by every command, with exit code 2. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import ChecksExplain from '../../src/commands/checks/explain.js';
import ChecksList from '../../src/commands/checks/list.js';
import Collect from '../../src/commands/collect.js';
import Diff from '../../src/commands/diff.js';
import Doctor from '../../src/commands/doctor/index.js';
import DoctorMemory from '../../src/commands/doctor/memory.js';
import Lab from '../../src/commands/lab/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import { FACT_SHAPES } from '../../src/evidence/border/fact-shapes.js';
import { Oddities } from '../../src/evidence/border/shape.js';
import { openBundle } from '../../src/evidence/bundle/bundle-reader.js';
import type { EvidenceKey } from '../../src/evidence/evidence.js';
import { startLab } from '../../src/lab/lab.js';
import { entriesOf, withFact, type Entry } from './archive.js';
import { runCommand, temporaryFolder } from './support.js';

jest.setTimeout(120_000);

const { file, remove } = temporaryFolder();
afterAll(remove);

const good = file('good.tgz');
const bad = file('bad.tgz');
let sound: Entry[];

beforeAll(async () => {
  const lab = await startLab('crash-loop');
  try {
    await runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '--output', good]);
  } finally {
    await lab.close();
  }
  sound = entriesOf(gunzipSync(readFileSync(good)));
});

/** Every fact that was recorded, as JSON. */
function recorded(): [EvidenceKey, { ok: boolean; value?: unknown }][] {
  return sound
    .filter(({ path }) => path.startsWith('evidence/'))
    .map(({ path, content }) => [
      path.replace(/^evidence\/|\.json$/g, '') as EvidenceKey,
      JSON.parse(content.toString()) as { ok: boolean },
    ]);
}

const AT = '"at":"2026-02-09T14:05:00Z"';

describe('a fact that is', () => {
  test.each([
    ['no object', '7', 'is not an object|has no ok'],
    ['a list', '[]', 'has no ok|is not an object'],
    ['null', 'null', 'records it$'],
    ['unread without a reason', '{"ok":false}', 'why is missing|at is missing'],
    [
      'unread for a reason that there is not',
      `{"ok":false,${AT},"why":"moon","detail":""}`,
      'why is not one of',
    ],
    ['read, without a value', `{"ok":true,${AT}}`, 'value is missing'],
    ['read at no time', '{"ok":true,"at":"noon","value":[]}', 'at is not a time'],
    ['of another type', `{"ok":true,${AT},"value":{"a":1}}`, 'value is not a list'],
    ['a list of other things', `{"ok":true,${AT},"value":[{"a":1}]}`, 'metadata is missing'],
    ['half a list', `{"ok":true,${AT},"value":[`, 'is not JSON'],
    [
      'right but for one number',
      `{"ok":true,${AT},"value":[{"metadata":{"name":"a"},"status":{"containerStatuses":[{"name":"x","restartCount":"3"}]}}]}`,
      String.raw`value\[0\]\.status\.containerStatuses\[0\]\.restartCount is not a whole number`,
    ],
    [
      'odd in an odd way',
      `{"ok":true,${AT},"value":[],"odd":[{"place":[{}],"says":1}]}`,
      'says is not a text',
    ],
  ])('%s', async (_, json, words) => {
    writeFileSync(bad, withFact(sound, 'pods', json));
    const refused = await openBundle(bad).then(
      () => 'taken',
      (error: unknown) => String(error),
    );
    expect(refused).toMatch(/^BundleError: .*bad\.tgz: evidence\/pods\.json/);
    expect(refused).toMatch(new RegExp(words));
  });

  test('not known to this program', async () => {
    writeFileSync(bad, withFact(sound, 'moon', `{"ok":true,${AT},"value":[]}`));
    await expect(openBundle(bad)).rejects.toThrow(
      'evidence/moon.json is evidence that this todo-k8s does not know',
    );
    writeFileSync(bad, withFact(sound, 'constructor', `{"ok":true,${AT},"value":[]}`));
    await expect(openBundle(bad)).rejects.toThrow('does not know');
  });
});

test('every command refuses it with exit code 2, and ends', async () => {
  writeFileSync(bad, withFact(sound, 'nodes', `{"ok":true,${AT},"value":[{"metadata":{"name":7}}]}`));
  const commands: [Parameters<typeof runCommand>[0], string[]][] = [
    [Verify, ['--from', bad]],
    [Verify, ['--from', bad, '--only', 'config', '-o', 'json']],
    [Doctor, ['--from', bad]],
    [DoctorMemory, ['--from', bad]],
    [Loadbalance, ['--from', bad]],
    [Diff, [good, bad]],
    [Diff, [bad, good]],
    [ChecksList, ['--from', bad]],
    [ChecksExplain, ['pods/ready', '--from', bad]],
    [Lab, [bad]],
  ];
  for (const [command, argv] of commands) {
    const { exitCode, stdout, stderr } = await runCommand(command, argv);
    expect([argv, exitCode, stdout]).toEqual([argv, 2, '']);
    expect(stderr).toMatch(
      /bad\.tgz: evidence\/nodes\.json is not evidence as todo-k8s records it: value\[0\]\.metadata\.name/,
    );
  }
});

test('everything that this program records passes its shape, unchanged', () => {
  const facts = recorded();
  expect(facts.map(([key]) => key).sort()).toEqual(Object.keys(FACT_SHAPES).sort());
  for (const [key, fact] of facts) {
    const odd = new Oddities();
    expect(FACT_SHAPES[key].read(fact, odd)).toEqual(fact);
    expect(odd.told()).toEqual([]);
  }
});

/** Each value of a JSON tree with how to put another in its place. */
function* places(value: unknown, path: string): Generator<[string, (other: unknown) => void, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const holder = value as Record<string, unknown>;
    yield [`${path}.${key}`, (other) => void (holder[key] = other), item];
    yield* places(item, `${path}.${key}`);
  }
}

test('a value of another type is refused at every place of every fact', () => {
  const wrong = [{ moon: [1] }, ['moon', { moon: 1 }], 1e300, -1, true, ''];
  const taken = new Set<string>();
  let refused = 0;
  for (const [key, fact] of recorded()) {
    for (const [path, put, was] of places(fact, key)) {
      for (const other of wrong) {
        if (kindOf(other) === kindOf(was)) continue;
        put(other);
        const odd = new Oddities();
        const read = FACT_SHAPES[key].read(fact, odd);
        if (read === undefined || odd.list.length > 0) refused += 1;
        else taken.add(path.replace(/\.\d+(?=\.|$)/g, '[]'));
      }
      put(was);
    }
  }
  expect(refused).toBeGreaterThan(10_000);
  // What may be a number or a text, and what the backend answered, which may be any JSON.
  const free =
    /\.(json(\..*)?|targetPort|httpGet\.port|maxSurge|maxUnavailable|limits\.\w+|requests\.\w+|allocatable\.[\w-]+|capacity\.[\w-]+|command|p9[09]|ports\[\]\.port)$/;
  expect([...taken].filter((path) => !free.test(path))).toEqual([]);
});

/** What JSON tells apart; a list is an object of its own kind. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
