/** The deployments of the field on the real cluster: found without flags, described, and then judged by their real faults. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROWS } from '../../field/render.js';
import { realFaultsOf } from '../../field/real-faults.js';
import { until } from './cluster.js';
import { FIELD_FAULTS } from './field-faults.js';
import { FieldStage } from './field-stage.js';
import { complaints, doctor, inContext, notPassed, PATIENT, result, todo, verify } from './verify.js';

const LIMIT_MS = 420_000;
const PREFIX = process.env.TODO_K8S_TEST_FIELD_PREFIX ?? 'todo-k8s-field-';
const FIRST_NODE_PORT = 31_100;
/** A folder for what was said, where somebody wants to read it. */
const KEPT = process.env.TODO_K8S_TEST_FIELD_KEEP;

describe.each(ROWS)('$id', (row) => {
  const stage = new FieldStage(row, `${PREFIX}${row.id}`, FIRST_NODE_PORT + ROWS.indexOf(row));
  beforeAll(() => stage.install(), LIMIT_MS);
  afterAll(async () => {
    await stage.remove();
    stage.dispose();
  }, LIMIT_MS);

  test(
    'is found without flags, and green in three commands unless it has a real fault',
    async () => {
      const first = await verify([...stage.in, ...PATIENT]);
      const init = await todo(['contract', 'init', ...inContext(stage.in), '--force', '-o', stage.file]);
      const second = await verify([...stage.in, '--contract', stage.file, ...PATIENT]);
      if (KEPT !== undefined) {
        const { stdout } = await todo([
          'verify',
          ...inContext(stage.in),
          '--contract',
          stage.file,
          ...PATIENT,
        ]);
        const { stdout: plain } = await todo(['verify', ...inContext(stage.in), ...PATIENT]);
        writeFileSync(
          `${KEPT}/${row.id}.txt`,
          [
            plain,
            complaints(first.report),
            init.stderr,
            stage.contract(),
            stdout,
            complaints(second.report),
          ].join('\n-----\n'),
        );
      }
      expect(init).toMatchObject({ code: 0 });
      const said = (id: string) => result(first.report, id).status;
      expect([said('deployment/exists'), said('service/exists'), said('service/selector-matches')]).toEqual([
        'pass',
        'pass',
        'pass',
      ]);
      expect({ ...notPassed(second.report), warn: undefined }).toEqual(
        realFaultsOf(row).length > 0 ? { fail: realFaultsOf(row).sort() } : {},
      );
      expect(second.code).toBe(realFaultsOf(row).length > 0 ? 1 : 0);
    },
    LIMIT_MS,
  );

  const faults = FIELD_FAULTS.filter((fault) => fault.row === row.id);
  if (faults.length > 0)
    test.each(faults)(
      'is diagnosed as the written contract’s application is: $name',
      async ({ cause, put }) => {
        await put(stage);
        let found: string[] = [];
        await until(`${cause} to be found`, 150, async () => {
          const { report } = await doctor([...stage.in, '--contract', stage.file, ...PATIENT]);
          found = (report.diagnoses ?? []).map((each) => each.cause);
          return found[0] === cause;
        }).catch((error: unknown) => {
          throw new Error(`${String(error)}; found: ${found.join(', ')}`);
        });
      },
      LIMIT_MS,
    );
});
