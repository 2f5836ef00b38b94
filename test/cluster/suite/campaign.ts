/** Puts each fault on a stage, asks verify, and takes it away again. Stages work side by side; some faults are alone. */
import { beforeAll } from '@jest/globals';
import type { Report } from '../../../src/engine/report.js';
import { until, WHOLE } from './cluster.js';
import { verifyLab } from './conformance.js';
import type { Fault } from './faults/fault.js';
import { FAULTS } from './faults/index.js';
import { fieldsOf, heal, type Healing } from './heal.js';
import { HEALTHY, record, RECORDING } from './record.js';
import { Recording } from './replay.js';
import { isWell, Stage } from './stage.js';
import type { Verified } from './verify.js';

export interface Trial {
  /** Seconds from the cause to the symptom. */
  symptomSeconds: number;
  /** What verify said, and how long it took. */
  verified: Verified;
  /** What doctor said. */
  diagnosed: Verified;
  /** The pods that were not as they should be when doctor was asked: not ready, restarted, or not to be. */
  sick: string[];
  /** On what the two differ when they are asked again of what they recorded. */
  replayed: Promise<string[]>;
  /** What verify says of the lab's scenario of the same fault. */
  twin: Promise<Report | Error> | undefined;
  /** What came of the first fix, pasted; undefined where the doctor prints none that can be, or it cannot heal here. */
  healing: Healing | undefined;
}

/** What came of a fault. `undone` is what kept the stage from being put back. */
export interface Result {
  trial: Trial | Error;
  undone: Error | undefined;
}

/** Most of a fault is waiting for probes: seven stages are what two processors carry, and five beside other parts. */
export const STAGES = 7;
const BESIDE = 5;
const FIRST_NODE_PORT = 30181;

/** Sooner than the contract's 15 and 10 seconds, because most of a fault is waiting for pods to be ready. */
const QUICK = { readinessProbe: { initialDelaySeconds: 3, periodSeconds: 3 } };

class Campaign {
  readonly #stages = Array.from(
    { length: STAGES },
    (_, index) => new Stage(`todo-k8s-stage-${index + 1}`, FIRST_NODE_PORT + index, QUICK),
  );
  readonly #installed = new Map<Stage, Promise<void>>();
  readonly #results = new Map<string, Promise<Result>>();
  readonly #settle = new Map<string, (result: Result) => void>();
  readonly #together: Fault[];
  readonly #alone: Fault[];
  #working: Promise<unknown> | undefined;
  #ending: Promise<void> | undefined;
  #seenAll: () => void = () => undefined;
  /** What needs the processors, and not the cluster: one after the other, when fewer faults go on. */
  #later = new Promise<void>((resolve) => (this.#seenAll = resolve));

  constructor(readonly faults: readonly Fault[]) {
    for (const { name } of faults) {
      this.#results.set(name, new Promise((resolve) => this.#settle.set(name, resolve)));
    }
    this.#together = faults.filter(({ alone }) => alone !== true);
    this.#alone = faults.filter(({ alone }) => alone === true);
  }

  /** Installs the first stages, while little else is done. Whether they could be, whoever puts faults on them learns. */
  async prepare(): Promise<void> {
    await Promise.allSettled(this.#stages.slice(0, BESIDE).map((stage) => this.#install(stage)));
  }

  #install(stage: Stage): Promise<void> {
    const known = this.#installed.get(stage) ?? stage.install();
    this.#installed.set(stage, known);
    return known;
  }

  /** Starts, if it has not yet, with faults that disturb nothing beside them, on few stages. */
  begin(): void {
    this.#working ??= this.#work(this.#stages.slice(0, BESIDE));
    // Whoever waits for the end learns of it.
    this.#working.catch(() => undefined);
  }

  /** Nothing else goes on in the cluster any more: all stages, and the other faults, too. */
  finish(): void {
    this.#ending ??= this.#end();
  }

  /** All faults have been tried. Never rejects: where a stage cannot be installed, each fault's result says so. */
  async ended(): Promise<void> {
    await this.#ending;
  }

  async #end(): Promise<void> {
    try {
      this.begin();
      await Promise.all([this.#working, this.#work(this.#stages.slice(BESIDE))]);
      this.#seenAll();
      const [stage, ...others] = this.#stages;
      if (stage === undefined || this.#alone.length === 0) return;
      // They would suffer with it, and take the processors' time for that.
      await Promise.all(others.map((other) => other.remove()));
      await this.#tryEach(stage, this.#alone);
    } catch (error) {
      // A fault that has its result already keeps it.
      for (const settle of this.#settle.values()) settle({ trial: asError(error), undone: undefined });
    } finally {
      this.#seenAll();
    }
  }

  /** Installs these stages, and takes faults from the queue that all stages share. */
  async #work(stages: readonly Stage[]): Promise<void> {
    await Promise.all(stages.map((stage) => this.#install(stage)));
    const [first] = stages;
    if (RECORDING && first !== undefined && first === this.#stages[0]) await record(HEALTHY, first.namespace);
    await Promise.all(stages.map((each) => this.#tryEach(each, this.#together)));
  }

  /** What came of a fault, as soon as it is known. */
  async result(fault: Fault): Promise<Result> {
    const result = await this.#results.get(fault.name);
    if (result === undefined) throw new Error(`${fault.name} is not part of this campaign`);
    return result;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.remove()));
  }

  /** Takes faults from the queue until it is empty. */
  async #tryEach(stage: Stage, queue: Fault[]): Promise<void> {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      const began = performance.now();
      const trial = await tryFault(stage, fault, (task) => this.#whenQuiet(task)).catch(asError);
      const tried = performance.now();
      const undone = await undo(stage, fault).then(() => undefined, asError);
      this.#settle.get(fault.name)?.({ trial, undone });
      tell(fault, (tried - began) / 1000, (performance.now() - tried) / 1000);
    }
  }

  #whenQuiet<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#later.then(task);
    this.#later = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

async function tryFault(
  stage: Stage,
  fault: Fault,
  whenQuiet: <T>(task: () => Promise<T>) => Promise<T>,
): Promise<Trial> {
  const before = await fieldsOf(stage);
  const began = performance.now();
  for (const step of fault.steps) await step.run(stage);
  await until(fault.symptom.shown, fault.symptom.within, () => fault.symptom.seen(stage)).catch(
    async (error: unknown) => {
      throw new Error(`${asError(error).message}\n${await stage.kubectl(['get', 'pods', '-o', 'wide'])}`);
    },
  );
  const symptomSeconds = (performance.now() - began) / 1000;
  const recording = new Recording();
  const verified = await stage.verify(recording.of('verify'));
  const diagnosed = await stage.doctor(recording.of('doctor'));
  const sick = (await stage.pods()).filter((pod) => !isWell(pod)).map(({ metadata }) => metadata.name);
  if (RECORDING && fault.twin) await record(fault.twin.scenario, stage.namespace);
  const { twin: like } = fault;
  const replayed = whenQuiet(() => recording.differences({ verify: verified, doctor: diagnosed }));
  const twin = like && whenQuiet(() => verifyLab(like.scenario)).then(({ report }) => report, asError);
  // What breaks the cluster itself is put back before anything can heal.
  const isPasted = fault.alone !== true && fault.notHealed === undefined;
  const healing = isPasted ? await heal(stage, diagnosed, before, fault.healsWithin) : undefined;
  return { symptomSeconds, verified, diagnosed, sick, replayed, twin, healing };
}

/** Results are told in the order of the table; this is how far it has come. */
function tell({ name }: Fault, trySeconds: number, undoSeconds: number): void {
  process.stderr.write(
    `  tried: ${name} (${trySeconds.toFixed(0)} s, undone in ${undoSeconds.toFixed(0)} s)\n`,
  );
}

async function undo(stage: Stage, fault: Fault): Promise<void> {
  for (const step of fault.undo ?? []) await step.run(stage);
  await stage.restore();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The faults of this run. */
export const campaign = new Campaign(FAULTS);

/**
 * For a part that disturbs no other and mostly waits: the faults go on beside it. Where single parts were asked for they
 * do not.
 */
export function besideFaults(): void {
  beforeAll(() => {
    if (WHOLE) campaign.begin();
  });
}
