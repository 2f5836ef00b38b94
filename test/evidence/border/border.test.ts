/** What the API server says, normalised where it comes in: an odd object costs nothing but itself, and is never green. */
import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../../src/checks/index.js';
import type { CheckResult } from '../../../src/engine/report.js';
import { runChecks } from '../../../src/engine/run.js';
import {
  list,
  map,
  name,
  need,
  object,
  Oddities,
  or,
  text,
  whole,
} from '../../../src/evidence/border/shape.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { TARGET } from '../../support/check-context.js';
import { PATHS } from '../../support/fake-client.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';
import { healthyApi, live } from '../../support/live.js';

type Json = Record<string, unknown>;
type Change = (objects: Record<string, unknown>) => void;

/** The healthy API after this change. */
function changed(change: Change) {
  const api = healthyApi();
  change(api.objects);
  return live(api);
}

async function judged(ids: string[], change: Change): Promise<Map<string, CheckResult>> {
  const { reader } = changed(change);
  const results = await runChecks({
    checks: CHECKS,
    selected: new Set(ids),
    declined: new Map(),
    reader,
    context: { contract: structuredClone(DEFAULT_CONTRACT), target: TARGET, now: NOW },
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  return new Map(results.map((result) => [result.id, result]));
}

/** The value at a path, to be changed in place. */
function at(root: unknown, ...path: (string | number)[]): Json {
  return path.reduce<Json>((value, key) => value[key] as Json, root as Json);
}

const DEPLOYMENT = ['deployment/exists', 'deployment/resources', 'deployment/strategy', 'deployment/labels'];
const PODS = ['pods/running', 'pods/ready', 'pods/restarts', 'pods/no-oom'];
const NODES = ['cluster/nodes-ready'];

describe('null is absent, everywhere', () => {
  const nulls: [string, Change][] = [
    ['labels of a pod', (all) => void (at(all[PATHS.pods], 0, 'metadata').annotations = null)],
    [
      'annotations of the Deployment',
      (all) => void (at(all[PATHS.deployment], 'metadata').annotations = null),
    ],
    ['an item of the pods', (all) => void (all[PATHS.pods] as unknown[]).unshift(null)],
    ['an item of the nodes', (all) => void (all[PATHS.nodes] as unknown[]).push(null)],
    [
      'names of an image',
      (all) => void (at(all[PATHS.nodes], 0, 'status').images = [{ names: null }, null, {}]),
    ],
    ['env of the container', (all) => void (at(all[PATHS.pods], 0, 'spec', 'containers', 0).env = null)],
    ['taints of a node', (all) => void (at(all[PATHS.nodes], 0).spec = null)],
    [
      'lastState of a container',
      (all) => void (at(all[PATHS.pods], 0, 'status', 'containerStatuses', 0).lastState = null),
    ],
    [
      'creationTimestamp of the template',
      (all) => void (at(all[PATHS.deployment], 'spec', 'template', 'metadata').creationTimestamp = null),
    ],
    ['initContainers of a pod', (all) => void (at(all[PATHS.pods], 1, 'spec').initContainers = null)],
  ];
  test.each(nulls)('%s', async (_, change) => {
    const ids = [...DEPLOYMENT, ...PODS, ...NODES];
    const before = await judged(ids, () => undefined);
    const after = await judged(ids, change);
    const told = (results: Map<string, CheckResult>) =>
      [...results].map(([id, { status, message }]) => [id, status, message]);
    expect(told(after)).toEqual(told(before));
    expect([...after.values()].every(({ status }) => status === 'pass')).toBe(true);
  });

  test('a limit that is null is no limit', async () => {
    const results = await judged(['deployment/resources', 'deployment/strategy'], (all) => {
      at(all[PATHS.deployment], 'spec', 'template', 'spec', 'containers', 0, 'resources', 'limits').memory =
        null;
    });
    expect(results.get('deployment/resources')?.status).toBe('fail');
    expect(results.get('deployment/strategy')?.status).toBe('pass');
  });
});

describe('what is odd', () => {
  const oddities: [string, string[], string[], RegExp, Change][] = [
    [
      'a pod without a name',
      PODS,
      DEPLOYMENT,
      /metadata\.name is missing/,
      (all) => void Reflect.deleteProperty(at(all[PATHS.pods], 0, 'metadata'), 'name'),
    ],
    [
      'a pod whose metadata is a text',
      PODS,
      NODES.slice(1),
      /metadata is not an object/,
      (all) => void (at(all[PATHS.pods], 1).metadata = 'web'),
    ],
    [
      'a restart count as text',
      // Whether a container that runs will end again is known by how often it did.
      ['pods/restarts', 'pods/running'],
      ['pods/no-oom', 'pods/gone-in-time'],
      new RegExp(`${POD_NAMES[0]}: status\\.containerStatuses\\[0\\]\\.restartCount is not a whole number`),
      (all) => void (at(all[PATHS.pods], 0, 'status', 'containerStatuses', 0).restartCount = '0'),
    ],
    [
      'a restart count beyond all bounds',
      ['pods/restarts', 'pods/running'],
      ['pods/gone-in-time'],
      /restartCount is not a whole number/,
      (all) => void (at(all[PATHS.pods], 0, 'status', 'containerStatuses', 0).restartCount = 1e300),
    ],
    [
      'privileged as a text',
      ['deployment/security-context'],
      DEPLOYMENT,
      /privileged is not true or false/,
      (all) =>
        void (at(
          all[PATHS.deployment],
          'spec',
          'template',
          'spec',
          'containers',
          0,
          'securityContext',
        ).privileged = 'yes'),
    ],
    [
      'a probe threshold as a text, which would have the default',
      ['deployment/liveness-probe'],
      ['deployment/readiness-probe', ...DEPLOYMENT],
      /livenessProbe\.failureThreshold is not a whole number/,
      (all) =>
        void (at(
          all[PATHS.deployment],
          'spec',
          'template',
          'spec',
          'containers',
          0,
          'livenessProbe',
        ).failureThreshold = '3'),
    ],
    [
      'the strategy’s type as a list, which would have its default',
      ['deployment/strategy'],
      ['deployment/resources', 'deployment/exists'],
      /spec\.strategy\.type is not a text/,
      (all) => void (at(all[PATHS.deployment], 'spec', 'strategy').type = ['Recreate']),
    ],
    [
      'one more node, without a name',
      NODES,
      PODS,
      /metadata\.name is not a name/,
      (all) => void (all[PATHS.nodes] as Json[]).push({ metadata: { name: 7 } }),
    ],
    [
      'a time of deletion that is none',
      PODS,
      DEPLOYMENT,
      /metadata\.deletionTimestamp is not a time/,
      (all) => void (at(all[PATHS.pods], 0, 'metadata').deletionTimestamp = 'soon'),
    ],
    [
      'owners that are a text, so that it is odd whose pod it is',
      PODS,
      DEPLOYMENT,
      /metadata\.ownerReferences is not a list/,
      (all) => void (at(all[PATHS.pods], 0, 'metadata').ownerReferences = 'me'),
    ],
  ];
  test.each(oddities)(
    '%s makes unknown who looks there, and nobody else',
    async (_, unknown, pass, words, change) => {
      const results = await judged([...unknown, ...pass], change);
      for (const id of pass) expect([id, results.get(id)?.status]).toEqual([id, 'pass']);
      for (const id of unknown) {
        const { status, message = '' } = results.get(id) ?? {};
        expect([id, status]).toEqual([id, status === 'blocked' ? 'blocked' : 'unknown']);
        if (status === 'unknown') expect(message).toMatch(words);
      }
      expect(results.get(unknown[0] ?? '')?.status).toBe('unknown');
    },
  );

  test('what fails elsewhere in the same object fails all the same', async () => {
    const results = await judged(['pods/restarts'], (all) => {
      at(all[PATHS.pods], 0, 'status', 'containerStatuses', 0).restartCount = 'many';
      at(all[PATHS.pods], 1, 'status', 'containerStatuses', 0).restartCount = 3;
    });
    expect(results.get('pods/restarts')?.status).not.toBe('pass');
    expect(results.get('pods/restarts')?.findings).toHaveLength(1);
  });

  test('a failure says what was left out: it may be why', async () => {
    const results = await judged(NODES, (all) => void (at(all[PATHS.nodes], 0, 'metadata').name = 7));
    expect(results.get('cluster/nodes-ready')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining(
        'what is odd cannot be judged: metadata.name is not a name',
      ) as unknown,
    });
  });

  test('an object that is odd as a whole is unread, not absent', async () => {
    for (const odd of [{}, { metadata: null }, { metadata: { name: '' } }, { metadata: [] }]) {
      const { observe } = changed((all) => void (all[PATHS.deployment] = odd));
      expect(await observe('deployment')).toMatchObject({ ok: false, why: 'failed' });
      expect(await observe('pods')).toMatchObject({ ok: false });
    }
  });

  test('a Secret, ConfigMap and list of permissions that are odd are told with their facts', async () => {
    const { observe } = changed((all) => {
      at(all[PATHS.secret], 'data').DATABASE_URL = 7;
      at(all[PATHS.configMap], 'data').LOG_LEVEL = ['INFO'];
      at(all[PATHS.configMap]).binaryData = 'x';
    });
    const says = async (key: 'secret' | 'configMap') => {
      const observed = await observe(key);
      return observed.ok ? observed.odd?.map((odd) => odd.says) : undefined;
    };
    expect(await says('secret')).toEqual(['todo-chatbot-backend-secret: data.DATABASE_URL is not a text']);
    expect(await says('configMap')).toEqual([
      'todo-chatbot-backend-config: data.LOG_LEVEL is not a text',
      'todo-chatbot-backend-config: binaryData is not an object',
    ]);
  });
});

describe('a shape', () => {
  const shape = object<{ name: string; size: number; tags?: string[]; more?: Record<string, string> }>({
    name: need(name),
    size: or(whole(0, 9), () => 0),
    tags: list(text),
    more: map(text),
  });
  const read = (value: unknown) => {
    const odd = new Oddities();
    return { value: shape.read(value, odd), odd: odd.told() };
  };

  test('keeps what it names, and nothing else', () => {
    expect(read({ name: 'a', size: 1, tags: ['x'], other: {}, more: { 'k/v': 'w' } })).toEqual({
      value: { name: 'a', size: 1, tags: ['x'], more: { 'k/v': 'w' } },
      odd: [],
    });
  });

  test('names what is odd by its place, before and after', () => {
    expect(
      read({ name: 'a', size: 10, tags: ['x', 1, null, 'y'], more: { 'k/v': 1, constructor: 'c' } }),
    ).toEqual({
      value: { name: 'a', size: 0, tags: ['x', 'y'], more: { constructor: 'c' } },
      odd: [
        { place: ['size'], says: 'size is not a whole number from 0 to 9' },
        { place: ['tags'], says: 'tags[1] is not a text' },
        { place: ['more', 'k/v'], says: "more['k/v'] is not a text" },
      ],
    });
  });

  test.each([[null], [undefined]])('%j is absent', (value) => {
    expect(read(value)).toEqual({ value: undefined, odd: [] });
  });

  test.each([[7], ['a'], [[]], [true]])('%j is odd', (value) => {
    expect(read(value)).toEqual({ value: undefined, odd: [{ place: [], says: 'is not an object' }] });
  });

  test('drops what is nothing without a field, once said', () => {
    expect(read({ size: -1 })).toEqual({
      value: undefined,
      odd: [
        { place: [], says: 'name is missing' },
        { place: [], says: 'size is not a whole number from 0 to 9' },
      ],
    });
  });

  test('says no more than somebody can read', () => {
    const { value, odd } = read({ name: 'a', tags: Array.from({ length: 1_000_000 }, () => 1) });
    expect(value).toEqual({ name: 'a', size: 0, tags: [] });
    expect(odd).toHaveLength(51);
    expect(odd.at(-1)?.place).toEqual([]);
  });

  test('takes nothing from a prototype', () => {
    expect(read(JSON.parse('{"name":"a","__proto__":{"size":5},"more":{"__proto__":"x"}}')).value).toEqual({
      name: 'a',
      size: 0,
      more: JSON.parse('{"__proto__":"x"}') as object,
    });
  });
});
