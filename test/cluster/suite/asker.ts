/** Asks verify and the doctor again and again while something goes on, and takes down every alarm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { mayPass } from '../../../src/computed/change.js';
import type { Report } from '../../../src/engine/report.js';
import { until } from './cluster.js';
import { BACKEND, type Stage } from './stage.js';
import { complaints, inContext, PATIENT, todo, type Verified } from './verify.js';

/** Milliseconds between two questions. */
const PAUSE_MS = 1500;

/** Of four pods twenty requests miss one by chance once in eighty runs, which is exit 3; forty decide. */
const ENOUGH = ['--set', 'loadBalancing.requests=40'];

/** The contract's own probes and delays, so that a start takes as long as it does for everybody. */
export const CALM_VALUES = { resources: { requests: { cpu: '10m', memory: '64Mi' } } };

/** A part that takes minutes: a sample has no time for it. */
export const inWholeRuns = process.env.TODO_K8S_TEST_SAMPLE === '1' ? describe.skip : describe;

export class Asker {
  /** But for the port, without the values that were meant: whoever scales with helm has meant that. */
  readonly in: readonly string[];

  /** @param more arguments of every question */
  constructor(
    readonly stage: Stage,
    more: readonly string[] = [],
  ) {
    this.in = ['-n', stage.namespace, ...stage.portMeant, ...more];
  }

  async ask(command: 'verify' | 'doctor'): Promise<Verified> {
    const outcome = await todo([command, ...inContext(this.in), ...PATIENT, ...ENOUGH, '-o', 'json']);
    if (!outcome.stdout.startsWith('{'))
      throw new Error(`${command} ended with ${outcome.code}: ${outcome.stderr}`);
    return { ...outcome, report: JSON.parse(outcome.stdout) as Report };
  }

  doctor(): Promise<Verified> {
    return this.ask('doctor');
  }

  /** Asks again and again until the change is through, and once more then: healthy. @returns how often it was asked before */
  async untilDone(change: Promise<unknown>): Promise<number> {
    const state = { done: false };
    const finished = change.finally(() => (state.done = true));
    // It is waited for at the end: until then it may fail unseen.
    finished.catch(() => undefined);
    const alarms: string[] = [];
    let asked = 0;
    const both = async () => {
      for (const command of ['verify', 'doctor'] as const) {
        const answer = await this.ask(command);
        if (!isCalm(answer)) alarms.push(alarm(answer));
      }
    };
    while (!state.done) {
      await both();
      asked += 1;
      await sleep(PAUSE_MS);
    }
    await finished;
    // Old pods are still on their way out when a rollout is complete.
    await sleep(PAUSE_MS);
    await both();
    expect(alarms).toEqual([]);
    return asked;
  }

  /**
   * Called well within a minute, and no alarm before: connections that were open to a pod when it ended leave traces in the
   * node, by which it sends a few more there.
   */
  async well(): Promise<void> {
    const alarms: string[] = [];
    await until('the doctor to call all well', 60, async () => {
      const answer = await this.doctor();
      if (!isCalm(answer)) alarms.push(alarm(answer));
      return alarms.length > 0 || (answer.code === 0 && answer.report.diagnoses?.length === 0);
    });
    expect(alarms).toEqual([]);
  }

  rolledOut(): Promise<string> {
    return this.stage.kubectl(['rollout', 'status', `deployment/${BACKEND}`, '--timeout=180s']);
  }
}

/** Healthy, or a rollout under way and nothing else. */
function isCalm({ code, report: { checks, diagnoses } }: Verified): boolean {
  if (code === 0) return true;
  const isOpen = diagnoses
    ? diagnoses.every(({ cause }) => cause === 'rollout/under-way')
    : checks.some((check) => mayPass(check));
  return code === 3 && isOpen;
}

function alarm({ code, report }: Verified): string {
  const causes = (report.diagnoses ?? []).map(
    ({ cause, verdict, summary }) => `${verdict} ${cause}: ${summary}`,
  );
  return [
    `exit ${code}`,
    ...causes,
    `unexplained: ${report.unexplained?.join(', ')}`,
    complaints(report),
  ].join('\n');
}
