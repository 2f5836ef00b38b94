/** Each fault of the table, for real. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ObjectRef } from '../../../src/rule/finding.js';
import { SCENARIO_NAMES } from '../../../src/lab/scenarios/index.js';
import { campaign, type Trial } from './campaign.js';
import { PROJECT } from './cluster.js';
import { compare, COMPARED_ELSEWHERE, WITHOUT_TWIN } from './conformance.js';
import { faultResults } from './fault-results.js';
import { ALL_FAULTS, FAULTS } from './faults/index.js';
import type { Fault } from './faults/fault.js';
import { blockedWithoutCause, complaints, notPassed } from './verify.js';

/** Milliseconds for one fault, those before it in the queue included. */
const LIMIT_MS = 3_000_000;

describe('faults', () => {
  const trials = new Map<Fault, Trial>();
  const tried = new Set<Fault>();
  const asExpected = new Set<Fault>();

  beforeAll(() => campaign.finish());

  afterAll(async () => {
    await campaign.ended();
    await campaign.remove();
    if (tried.size === ALL_FAULTS.length) {
      const others = ALL_FAULTS.filter((fault) => !asExpected.has(fault));
      writeFileSync(path.join(PROJECT, 'docs/fault-results.md'), faultResults(trials, others));
    }
  }, LIMIT_MS);

  test('every scenario of the lab has a fault that is compared with it, or a reason why it has none', () => {
    const twins = ALL_FAULTS.flatMap(({ twin }) => twin?.scenario ?? []);
    const compared = [...new Set([...twins, ...COMPARED_ELSEWHERE, ...Object.keys(WITHOUT_TWIN)])];
    expect(compared.sort()).toEqual([...SCENARIO_NAMES].sort());
  });

  test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    '%s',
    async (_, fault) => {
      tried.add(fault);
      const { trial, undone } = await campaign.result(fault);
      if (trial instanceof Error) throw trial;
      trials.set(fault, trial);
      const { report, code } = trial.verified;
      const twin = await trial.twin;
      if (twin instanceof Error) throw twin;
      const seen = {
        code,
        ...notPassed(report),
        blockedWithoutCause: blockedWithoutCause(report),
        ...firstDiagnosis(trial, fault.object === 'any Pod'),
        roots: rootsOf(trial),
        notSaid: notSaid(trial, fault),
        ...healed(trial, fault),
        replayedOtherwise: await trial.replayed,
        otherThanTheLab:
          twin === undefined ? [] : compare(twin, report, Object.keys(fault.twin?.differs ?? {})),
      };
      const { byChance = fault.expect } = fault;
      const expected = isDeepStrictEqual(notPassed(report), sorted(byChance)) ? byChance : fault.expect;
      const wanted = {
        code: expected.fail ? 1 : expected.unknown ? 3 : 0,
        ...sorted(expected),
        blockedWithoutCause: [],
        cause: fault.cause,
        object: fault.object,
        // What no cause explains is told as it is: with nothing named, that is all that fails.
        unexplained: fault.cause === null ? failing(expected) : [],
        roots: [...(fault.cause === null ? [] : [fault.cause]), ...(fault.beside ?? [])],
        notSaid: [],
        notHealed: undefined,
        alsoChanged: [],
        replayedOtherwise: [],
        otherThanTheLab: [],
      };
      if (!isDeepStrictEqual(seen, wanted)) console.error(`${fault.name}:\n${said(trial)}`);
      expect(seen).toEqual(wanted);
      if (undone) throw undone;
      asExpected.add(fault);
    },
    LIMIT_MS,
  );
});

function sorted(expected: Fault['expect']): Fault['expect'] {
  const lists = Object.entries(expected).filter(([, ids]) => ids.length > 0);
  return Object.fromEntries(lists.map(([status, ids]) => [status, [...ids].sort()]));
}

function failing({ fail = [], warn = [], unknown = [] }: Fault['expect']): string[] {
  return [...fail, ...warn, ...unknown].sort();
}

function firstDiagnosis({ diagnosed, sick }: Trial, anyPod: boolean) {
  const { diagnoses: [first] = [], unexplained = [] } = diagnosed.report;
  return {
    cause: first?.cause ?? null,
    object: first?.object ? named(first.object, anyPod ? undefined : sick) : undefined,
    unexplained: first === undefined ? [...unexplained].sort() : [],
  };
}

/** Errors that are told by themselves, in their order: each fault has one root. A warning beside it is no other root. */
function rootsOf({ diagnosed }: Trial): string[] {
  const [first, ...others] = diagnosed.report.diagnoses ?? [];
  const told = [first, ...others.filter(({ severity }) => severity === 'error')];
  // Pods of which something else is measured are told one by one.
  return [...new Set(told.flatMap((each) => each?.cause ?? []))];
}

function notSaid({ diagnosed }: Trial, { says = [] }: Fault): string[] {
  const text = JSON.stringify(diagnosed.report.diagnoses?.[0] ?? {});
  return says.filter((words) => !text.includes(JSON.stringify(words).slice(1, -1)));
}

/** What kept the pasted fix from healing, and what it changed besides. */
function healed({ healing }: Trial, { fixWrites }: Fault) {
  if (healing === undefined) return { notHealed: undefined, alsoChanged: [] };
  const { pasted, complaint, alsoChanged } = healing;
  return {
    notHealed: complaint === undefined ? undefined : `${pasted.join('; ')}: ${complaint}`,
    alsoChanged: alsoChanged.filter((each) => fixWrites?.test(each) !== true),
  };
}

/** Pods and ReplicaSets have names that nobody knows before. @param sick undefined: any pod will do */
function named({ kind, name }: ObjectRef, sick: readonly string[] | undefined): string {
  if (kind === 'ReplicaSet' || kind === 'Namespace') return kind;
  if (kind !== 'Pod') return `${kind} ${name}`;
  if (sick === undefined) return 'any Pod';
  return sick.length === 0 || sick.includes(name) ? kind : `Pod ${name}, which is well`;
}

/** For the person who has to find out why a fault was not told as it should be. */
function said({ verified, diagnosed }: Trial): string {
  const causes = (diagnosed.report.diagnoses ?? []).map(
    ({ cause, verdict, object, summary }) =>
      `${verdict} ${cause} ${object?.kind} ${object?.name}: ${summary}`,
  );
  const fixes = (diagnosed.report.diagnoses?.[0]?.fix ?? []).map(
    ({ kind, description, command }) => `${kind}: ${description} ${command ?? ''}`,
  );
  return [
    'verify:',
    complaints(verified.report),
    'doctor:',
    complaints(diagnosed.report),
    ...causes,
    ...fixes,
  ].join('\n');
}
