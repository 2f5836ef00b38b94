/** A step of the doctor that fails by a defect of its own is said, is never green, and takes nothing from the other steps. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { AnyHop } from '../../src/diagnoses/tree.js';
import { TREES } from '../../src/diagnoses/index.js';
import { diagnosed } from '../support/diagnosed.js';
import { stuckIn } from '../diagnoses/pod-changes.js';

afterEach(() => {
  jest.restoreAllMocks();
});

function breakStep(hop: AnyHop): void {
  jest.spyOn(hop, 'ask').mockImplementation(() => {
    throw new TypeError("Cannot read properties of null (reading 'names')");
  });
}

const STEPS = TREES.flatMap(({ topic, hops }) =>
  hops.map((hop) => ({ name: `${topic}/${hop.id}`, topic, hop })),
);

describe.each(STEPS)('$name', ({ name, topic, hop }) => {
  test('in a healthy state: unknown, with its name, and not exit code 0', async () => {
    breakStep(hop);
    const { topics, defects, exitCode } = await diagnosed(undefined, { topic });
    // One that is not asked of this state cannot fail.
    const state = topics[0]?.path.find(({ hop: id }) => id === hop.id)?.state;
    const isAsked = state !== 'skipped' && state !== 'not-reached';
    const expected = isAsked
      ? { state: 'unknown', defects: [name], exitCode: 3 }
      : { state, defects: [], exitCode: 0 };
    expect({ state, defects, exitCode }).toEqual(expected);
  });
});

test.each(STEPS.filter(({ topic }) => topic !== 'pods'))(
  'a fault of the pods is found while $name fails',
  async ({ hop }) => {
    breakStep(hop);
    const { diagnoses, exitCode } = await diagnosed(
      stuckIn('ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never'),
    );
    expect(diagnoses[0]?.cause).toBe('image/never-pull-missing');
    expect(exitCode).toBe(1);
  },
);
