/** One fault in a deployment of the field: doctor names the cause that it names on the written contract's own. */
import { afterEach, expect, test } from '@jest/globals';
import Doctor from '../../src/commands/doctor/index.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { SECRET_VALUES } from '../../src/lab/manifests.js';
import { runCommand } from '../bundle/support.js';
import { render, ROWS, type FieldRow } from './render.js';

let lab: Lab | undefined;
afterEach(() => lab?.close());

interface Manifest {
  kind: string;
  spec: { selector: Record<string, string>; ports: { port: number; targetPort: number | string }[] };
}

const withUrl = (change: (url: string) => string) => (row: FieldRow) =>
  render(row, undefined, { ...SECRET_VALUES, DATABASE_URL: change(SECRET_VALUES.DATABASE_URL) });

const withService = (change: (service: Manifest) => void) => (row: FieldRow) =>
  (render(row) as Manifest[]).map((object) => {
    if (object.kind === 'Service') change(object);
    return object;
  });

/** Rows whose URL comes from a Secret, and whose Service leads to their pods. */
const SOUND = ROWS.filter(
  ({ db, tport, cport }) =>
    db !== null && db !== 'literal' && (tport === 'http' || cport.includes(Number(tport))),
);

const FAULTS: [cause: string, objects: (row: FieldRow) => object[]][] = [
  ['db/url-whitespace', withUrl((url) => `${url}\n`)],
  ['db/url-quoted', withUrl((url) => `"${url}"`)],
  ['db/sslmode-missing', withUrl((url) => url.replace(/\?.*$/, ''))],
  ['db/sslmode-weak', withUrl((url) => url.replace(/\?.*$/, '?sslmode=prefer'))],
  ['db/sslmode-invalid', withUrl((url) => url.replace(/\?.*$/, '?sslmode=banana'))],
  ['db/shell-line', withUrl((url) => `psql '${url}'`)],
  ['db/placeholder', withUrl(() => 'postgresql://user:password@host.neon.tech/dbname?sslmode=require')],
  ['service/missing', (row) => (render(row) as Manifest[]).filter(({ kind }) => kind !== 'Service')],
  ['service/selector-mismatch', withService(({ spec }) => Object.assign(spec.selector, { app: 'other' }))],
  [
    'service/target-port-mismatch',
    withService(({ spec }) => {
      for (const port of spec.ports) port.targetPort = 5999;
    }),
  ],
];

test('there is a deployment for each fault', () => {
  expect(SOUND.length).toBeGreaterThanOrEqual(FAULTS.length);
});

test.each(
  FAULTS.flatMap(([cause, objects], index) =>
    SOUND.slice(index, index + 1).map((row) => ({ cause, objects, row })),
  ),
)('$cause in $row.id', async ({ cause, objects, row }) => {
  lab = await startLab('healthy', { objects: objects(row) });
  const { stdout, stderr, exitCode } = await runCommand(Doctor, [
    ...['--kubeconfig', lab.kubeconfigPath, '-o', 'json'],
  ]);
  if (stdout === '') throw new Error(stderr);
  const { diagnoses } = JSON.parse(stdout) as { diagnoses: { cause: string; verdict: string }[] };
  expect(diagnoses.map((each) => each.cause)).toContain(cause);
  expect(diagnoses.find((each) => each.cause === cause)?.verdict).toBe('confirmed');
  expect(exitCode).toBe(1);
});
