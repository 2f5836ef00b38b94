/** Reads facts from a cluster: each one once, concurrently, and every failure as a reason. */
import { setMaxListeners } from 'node:events';
import type { Contract } from '../contract/contract.js';
import type { Target } from '../contract/target.js';
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed, Oddity } from './evidence.js';
import type { EffectiveEnvironment } from '../kube/effective-environment.js';
import { configMapShape, deploymentShape } from './border/object-shapes.js';
import { keptIn, objectAt } from './border/read.js';
import { resolveEnvironment } from './environment.js';
import { namespaced, type FactContext, type RawConfigMap, type ReaderOptions } from './fact-context.js';
import { FACTS } from './facts.js';
import { frontendDeployment } from './frontend.js';
import { createHider, type Hider } from './hide.js';
import type { KubernetesClient } from './kubernetes/client.js';
import { LogParts } from './log-parts.js';
import { failed, now, unread, Unreadable, type Unread } from './observed.js';
import type { Deployment } from './objects.js';
import { readSecret, type RawSecret } from './raw-secret.js';
import type { Redactor } from './redaction.js';
import { sanitizeDeep } from './sanitize.js';
import { openTransport, type Transport } from './transport.js';

export type { ReaderOptions } from './fact-context.js';

export interface LiveReaderInput {
  /** Stays the caller's: closing the reader does not close it. */
  client: KubernetesClient;
  target: Target;
  contract: Contract;
  options: ReaderOptions;
  /** Learns every secret that is read. */
  redactor: Redactor;
}

/** A reader of one observation: what it has read once it gives again. To observe again takes a new reader. */
export function createLiveReader(input: LiveReaderInput): EvidenceReader {
  const source = new FactSource(input);
  return {
    read: (key, signal) => untilAborted(source.observe(key), signal),
    close: () => source.close(),
  };
}

/** Fetches facts on demand, each once, for the reader and for facts that rest on others. */
class FactSource implements FactContext {
  readonly client: KubernetesClient;
  readonly target: Target;
  readonly contract: Contract;
  readonly options: ReaderOptions;
  readonly hider: Hider;
  readonly logParts: LogParts | undefined;
  private readonly redactor: Redactor;
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly facts = new Map<EvidenceKey, Promise<Observed<unknown>>>();
  private readonly releases: (() => Promise<void>)[] = [];
  /** Objects as the API gives them, each read once, by path. */
  private readonly raw = new Map<string, Promise<unknown>>();
  private resolved: Promise<EffectiveEnvironment> | undefined;
  private readonly oddInEnvironment: Oddity[] = [];
  private opened: Promise<Transport> | undefined;

  constructor({ client, target, contract, options, redactor }: LiveReaderInput) {
    this.client = client;
    this.target = target;
    this.contract = contract;
    this.options = options;
    this.hider = createHider(contract, redactor);
    this.redactor = redactor;
    this.logParts = options.isOneOfMany === true ? new LogParts(client) : undefined;
    this.signal = this.controller.signal;
    // Every call of every fact listens; Node would take more than ten for a leak.
    setMaxListeners(0, this.signal);
  }

  async read<K extends EvidenceKey>(key: K): Promise<EvidenceMap[K]> {
    const observed = await this.observe(key);
    if (!observed.ok) throw new Unreadable(observed);
    return observed.value;
  }

  observe<K extends EvidenceKey>(key: K): Promise<Observed<EvidenceMap[K]>> {
    const known = this.facts.get(key) as Promise<Observed<EvidenceMap[K]>> | undefined;
    if (known) return known;
    const started = this.fetch(key);
    this.facts.set(key, started);
    return started;
  }

  isUnderWay(key: EvidenceKey): boolean {
    return this.facts.has(key);
  }

  rawDeployment(): Promise<Deployment | undefined> {
    const path = namespaced(this, `deployments/${this.target.names.deployment}`, 'apps/v1');
    return this.once(path, () => objectAt(this, path, deploymentShape));
  }

  rawFrontend(): Promise<Deployment | undefined> {
    return this.once('frontend', () => frontendDeployment(this));
  }

  rawConfigMap(name: string): Promise<RawConfigMap | undefined> {
    const path = namespaced(this, `configmaps/${name}`);
    return this.once(path, () => objectAt(this, path, configMapShape));
  }

  rawSecret(name: string): Promise<RawSecret | undefined> {
    const path = namespaced(this, `secrets/${name}`);
    return this.once(path, async () => {
      // Until its values are known nothing can be freed of them.
      const { unread } = this.redactor;
      unread.add(name);
      const secret = await readSecret(this, path);
      unread.delete(name);
      return secret;
    });
  }

  backendSecret(): Promise<RawSecret | undefined> {
    return this.rawSecret(this.target.names.secret);
  }

  environment(): Promise<EffectiveEnvironment> {
    return (this.resolved ??= resolveEnvironment(this));
  }

  async secretsKnown(): Promise<void> {
    const names = [this.target.names.secret, ...(this.target.otherSecrets ?? [])];
    await Promise.all(names.map((name) => this.rawSecret(name).catch(() => undefined)));
  }

  private once<T>(path: string, read: () => Promise<T>): Promise<T> {
    const known = this.raw.get(path) as Promise<T> | undefined;
    if (known) return known;
    const started = read();
    this.raw.set(path, started);
    return started;
  }

  transport(): Promise<Transport> {
    return (this.opened ??= openTransport(this));
  }

  onClose(release: () => Promise<void>): void {
    this.releases.push(release);
  }

  async close(): Promise<void> {
    this.controller.abort(new Error('the reader was closed'));
    await Promise.allSettled(this.releases.splice(0).map((release) => release()));
  }

  /** Of what is resolved once for many facts: the environment. */
  readonly odd = (oddities: readonly Oddity[]): void => {
    this.oddInEnvironment.push(...oddities);
  };

  /** This context for one fact. */
  private telling(odd: FactContext['odd']): FactContext {
    const { client, target, contract, options, hider, logParts, signal } = this;
    return {
      ...{ client, target, contract, options, hider, logParts, signal, odd },
      read: (key) => this.read(key),
      observe: (key) => this.observe(key),
      isUnderWay: (key) => this.isUnderWay(key),
      rawDeployment: () => this.rawDeployment(),
      rawFrontend: () => this.rawFrontend(),
      rawConfigMap: (name) => this.rawConfigMap(name),
      rawSecret: (name) => this.rawSecret(name),
      backendSecret: async () => {
        const secret = await this.backendSecret();
        if (secret) keptIn({ odd }, [secret]);
        return secret;
      },
      environment: async () => {
        const environment = await this.environment();
        odd(this.oddInEnvironment);
        return environment;
      },
      secretsKnown: () => this.secretsKnown(),
      transport: () => this.transport(),
      onClose: (release) => this.onClose(release),
    };
  }

  private async fetch<K extends EvidenceKey>(key: K): Promise<Observed<EvidenceMap[K]>> {
    try {
      const odd: Oddity[] = [];
      const value = await FACTS[key](this.telling((oddities) => odd.push(...oddities)));
      return { ok: true, at: now(), value: sanitizeDeep(value), ...(odd.length > 0 && { odd }) };
    } catch (error) {
      if (this.signal.aborted) return notRead(this.signal);
      return failed(error, `the reader of "${key}"`, this.hider);
    }
  }
}

function notRead(signal: AbortSignal): Unread {
  const late = (signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError';
  return late
    ? unread('timeout', 'the run’s time was up before this was read')
    : unread('not-collected', 'the run ended before this was read');
}

/** What is fetched, or the reason that the run ended before it was. */
async function untilAborted<T>(fetched: Promise<Observed<T>>, signal: AbortSignal): Promise<Observed<T>> {
  return signal.aborted ? notRead(signal) : Promise.race([fetched, whenAborted(signal)]);
}

/** One listener for each signal, however many facts are read under it. */
const abortions = new WeakMap<AbortSignal, Promise<Unread>>();

function whenAborted(signal: AbortSignal): Promise<Unread> {
  const known = abortions.get(signal);
  if (known) return known;
  const aborted = new Promise<Unread>((resolve) =>
    signal.addEventListener('abort', () => resolve(notRead(signal)), { once: true }),
  );
  abortions.set(signal, aborted);
  return aborted;
}
