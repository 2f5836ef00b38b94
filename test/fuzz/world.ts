/**
 * A cluster whose every answer may be odd: the lab's objects as the Kubernetes adapter reads them, each time with one
 * value of one object changed, judged by verify's checks and the doctor's steps in this process.
 */
import { diagnoseRelease } from '../../src/cli/diagnosis.js';
import { Interruption } from '../../src/cli/interruption.js';
import type { Release } from '../../src/cli/release.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { resolveContract } from '../../src/contract/resolve.js';
import type { Report } from '../../src/engine/report.js';
import { discover, discoverEverywhere, readHelmRelease } from '../../src/evidence/discovery.js';
import type { EvidenceKey, EvidenceReader, Observed } from '../../src/evidence/evidence.js';
import { KubernetesError, type KubernetesClient } from '../../src/evidence/kubernetes/client.js';
import { createKubernetesClient } from '../../src/evidence/kubernetes/create-client.js';
import { createLiveReader } from '../../src/evidence/live-reader.js';
import { createRedactor } from '../../src/evidence/redaction.js';
import { startLab } from '../../src/lab/lab.js';
import { TARGET } from '../support/check-context.js';

/** What was asked of the API server, and its answer before anything was made of it. */
type Answers = Map<string, unknown>;

export interface World {
  answers: Answers;
  /** Facts that are no objects of the API, or that ask the network: they stay as they were. */
  others: ReadonlyMap<EvidenceKey, Observed<unknown>>;
}

export interface Mutation {
  /** Which answer, and where in it. */
  call: string;
  path: (string | number)[];
  value: unknown;
}

const OTHERS: readonly EvidenceKey[] = [
  'route',
  'health',
  'docs',
  'tasks',
  'distribution',
  'databaseLadder',
  'vantage',
  'minikube',
];

/** Absent. */
const GONE = Symbol('gone');

const VALUES: readonly unknown[] = [
  null,
  GONE,
  '',
  'Sideways',
  7,
  -1,
  1e300,
  true,
  [],
  [null],
  ['x', { y: [1] }],
  {},
  { name: null, moon: { a: 1 } },
];

/** What the lab answers in this scenario to all that verify and doctor ask. */
export async function recordWorld(scenario: string): Promise<World> {
  const lab = await startLab(scenario);
  const client = await createKubernetesClient(
    { kubeconfig: lab.kubeconfigPath, requestTimeoutMs: 5000 },
    process.env,
  );
  try {
    const answers: Answers = new Map();
    const seen = recording(client, answers);
    await discovery(seen);
    const reader = readerOver(seen);
    const others = new Map<EvidenceKey, Observed<unknown>>();
    await judge(seen, {
      read: async (key, signal) => {
        const observed = await reader.read(key, signal);
        if (OTHERS.includes(key)) others.set(key, observed);
        return observed;
      },
      close: () => reader.close(),
    });
    return { answers, others };
  } finally {
    await client.close();
    await lab.close();
  }
}

/** Every single mutation of every value of the objects; places of one kind (items of a list, keys of a map) once each. */
export function mutationsOf({ answers }: World): Mutation[] {
  const known = new Set<string>();
  const found: Mutation[] = [];
  for (const [call, answer] of answers) {
    if (!/^(get|list|review) /.test(call)) continue;
    for (const { path, value } of placesOf(answer, [])) {
      const kind = `${call.replace(/\?.*/, '')} ${path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.')}`;
      if (known.has(kind)) continue;
      known.add(kind);
      for (const other of VALUES) if (other !== value) found.push({ call, path, value: other });
    }
  }
  return found;
}

/** Judges the world after one mutation. @throws whatever nothing should throw */
export async function judgeMutated(world: World, { call, path, value }: Mutation): Promise<Report> {
  const answers = new Map(world.answers);
  answers.set(call, changed(answers.get(call), path, value));
  const client = replaying(answers);
  await discovery(client);
  const live = readerOver(client);
  return judge(client, {
    read: (key, signal) => {
      const other = world.others.get(key) as Awaited<ReturnType<typeof live.read<typeof key>>> | undefined;
      return other ? Promise.resolve(other) : live.read(key, signal);
    },
    close: () => live.close(),
  });
}

export function describeMutation({ call, path, value }: Mutation): string {
  const shown = value === GONE ? 'missing' : JSON.stringify(value);
  return `${call.slice(0, 120)} ${path.join('.')}: ${shown}`;
}

/** What must not be, in words. */
export function complaints(report: Report): string[] {
  const texts = [
    ...report.checks.map(({ id, message }) => `${id}: ${message}`),
    ...(report.topics ?? []).flatMap(({ topic, path }) =>
      path.map(({ hop, detail }) => `${topic}/${hop}: ${detail}`),
    ),
  ];
  const bad = texts.filter((text) =>
    /itself failed|unexpected \w*Error|NaN|\[object Object\]|undefined/.test(text),
  );
  return report.exitCode === 4 ? [...bad, 'exit code 4'] : bad;
}

function* placesOf(
  value: unknown,
  path: (string | number)[],
): Generator<{ path: (string | number)[]; value: unknown }> {
  yield { path, value };
  if (typeof value !== 'object' || value === null || path.at(-1) === 'fieldsV1') return;
  for (const [key, item] of Object.entries(value))
    yield* placesOf(item, [...path, Array.isArray(value) ? Number(key) : key]);
}

function changed(answer: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [last, ...before] = [...path].reverse();
  if (last === undefined) return value === GONE ? undefined : value;
  const copy = structuredClone(answer);
  const holder = before.reduceRight<unknown>(
    (at, step) => (at as Record<string, unknown>)[step],
    copy,
  ) as Record<string, unknown>;
  if (value === GONE) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return copy;
}

async function discovery(client: KubernetesClient): Promise<void> {
  const { signal } = new AbortController();
  const { namespace, release } = TARGET;
  const found = await discover(client, namespace, signal);
  await discoverEverywhere(client, signal);
  await readHelmRelease(client, release, found, signal);
}

function readerOver(client: KubernetesClient): EvidenceReader {
  return createLiveReader({
    client,
    target: TARGET,
    contract: structuredClone(DEFAULT_CONTRACT),
    options: { exec: true, requestTimeoutMs: 5000, probeTimeoutMs: 2000 },
    redactor: createRedactor(Object.values(TARGET.names)),
  });
}

async function judge(client: KubernetesClient, reader: EvidenceReader): Promise<Report> {
  const resolved = await resolveContract({ valuesFiles: [], contractFile: undefined, sets: [] });
  const release: Release = {
    target: { ...TARGET, context: client.context, server: client.server },
    contract: resolved.contract,
    resolved,
    shell: {},
    notices: [],
    unremoved: () => [],
    observe: () => reader,
    now: () => Date.now(),
    recorder: undefined,
    replayed: undefined,
  };
  const interruption = new Interruption();
  return diagnoseRelease({
    version: '0.0.0',
    release,
    topic: undefined,
    options: {},
    declined: new Map(),
    strict: false,
    interruption,
    emit: () => undefined,
  }).finally(() => {
    interruption.dispose();
  });
}

function listCall(path: string, options: { labelSelector?: string; metadataOnly?: boolean }): string {
  return `list ${path}?${options.labelSelector ?? ''}${options.metadataOnly === true ? '&metadata' : ''}`;
}

/** The client, with every answer taken down. */
function recording(client: KubernetesClient, answers: Answers): KubernetesClient {
  const keep = async <T>(call: string, ask: () => Promise<T>): Promise<T> => {
    try {
      const answer = await ask();
      answers.set(call, answer);
      return answer;
    } catch (error) {
      answers.set(call, error);
      throw error;
    }
  };
  const { server, context, namespace, insecureSkipTlsVerify } = client;
  return {
    ...{ server, context, namespace, insecureSkipTlsVerify },
    get: (path, signal) => keep(`get ${path}`, () => client.get(path, signal)),
    list: async (path, signal, options) => {
      const ask = () => client.list<unknown>(path, signal, { ...options, pick: (item) => item });
      return picked(await keep(listCall(path, options), ask), options.pick);
    },
    review: (path, body, signal) => keep(reviewCall(path, body), () => client.review(path, body, signal)),
    logs: (pod, options, signal) =>
      keep(`logs ${pod.name} ${JSON.stringify(options)}`, () => client.logs(pod, options, signal)),
    proxy: (path, maxBytes, signal) => client.proxy(path, maxBytes, signal),
    exec: (pod, program, options, signal) =>
      keep(`exec ${pod.name} ${JSON.stringify(program)}`, () => client.exec(pod, program, options, signal)),
    portForward: (pod, port, signal) => client.portForward(pod, port, signal),
    close: () => Promise.resolve(),
  };
}

function reviewCall(path: string, body: object): string {
  return `review ${path} ${JSON.stringify(body)}`;
}

function picked<T>(items: readonly unknown[], pick: (item: unknown) => T | undefined): T[] {
  return items.map(pick).filter((item) => item !== undefined);
}

/** A client that answers as it was answered before. */
function replaying(answers: Answers): KubernetesClient {
  const answer = async (call: string): Promise<unknown> => {
    await Promise.resolve();
    if (!answers.has(call))
      throw new KubernetesError('failed', `nothing was recorded for ${call.slice(0, 200)}`);
    const found = answers.get(call);
    if (found instanceof Error) throw found;
    return found;
  };
  return {
    server: 'https://127.0.0.1:6443',
    context: 'lab',
    namespace: 'default',
    insecureSkipTlsVerify: false,
    get: async (path) => object(await answer(`get ${path}`), path),
    list: async (path, _signal, options) => {
      // As the adapter has it: null is an empty list, and what is no list is an error.
      const items = (await answer(listCall(path, options))) ?? [];
      if (!Array.isArray(items)) throw new KubernetesError('failed', `${path} is not a list`);
      return picked(items, options.pick);
    },
    review: async (path, body) => object(await answer(reviewCall(path, body)), path) ?? {},
    logs: async (pod, options) =>
      (await answer(`logs ${pod.name} ${JSON.stringify(options)}`)) as { text: string; truncated: boolean },
    proxy: () => Promise.reject(new KubernetesError('failed', 'no proxy')),
    exec: async (pod, program) =>
      (await answer(`exec ${pod.name} ${JSON.stringify(program)}`)) as Awaited<
        ReturnType<KubernetesClient['exec']>
      >,
    portForward: () => Promise.reject(new KubernetesError('failed', 'no port-forward')),
    close: () => Promise.resolve(),
  };
}

/** As the adapter has it: what is not an object is an error. */
function object(value: unknown, path: string): object | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
    return value;
  throw new KubernetesError('failed', `${path} is not an object`);
}
