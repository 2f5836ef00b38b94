/** -q and -o name, as a script has them. */
import { expect, test } from '@jest/globals';
import Doctor from '../../src/commands/doctor/index.js';
import { parseOutputs, quieter } from '../../src/report/outputs.js';
import { captured, verify } from '../faults/support/verify.js';

const doctor = (...argv: string[]) => captured(() => Doctor.run(argv, { root: process.cwd() }));

test('verify -o name: a check that does not pass, a line', async () => {
  const { stdout, exitCode } = await verify('--lab=sslmode-prefer', '-o', 'name');
  expect(stdout).toBe('fail config/database-url\nblocked network/database-egress\n');
  expect(exitCode).toBe(1);
});

test('verify -o name: nothing where all passes', async () => {
  expect(await verify('--lab', '-o', 'name')).toMatchObject({ stdout: '', exitCode: 0 });
});

test('doctor -o name: the causes', async () => {
  const { stdout, exitCode } = await doctor('--lab=crash-loop', '-o', 'name');
  expect(stdout).toBe('fail crash/permission-denied\n');
  expect(exitCode).toBe(1);
});

test('-q: whether it is up, and the verdict', async () => {
  const { stdout } = await verify('--lab=sslmode-prefer', '-q');
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^✔ up · 2 of 2 pods ready/),
    expect.stringMatching(/^✖ 1 of \d+ checks failed$/),
    '',
  ]);
  const found = await doctor('--lab=crash-loop', '-q');
  expect(found.stdout.split('\n')).toEqual([
    expect.stringMatching(/^▲ serving, degraded/),
    expect.stringMatching(/^✖ .*\/var\/cache\/todo/),
    '',
  ]);
});

test('-q shortens text on stdout, and nothing else', () => {
  const outputs = (...values: string[]) => quieter(parseOutputs(values, '/tmp'));
  expect(outputs()).toEqual([{ format: 'verdict', file: undefined }]);
  expect(outputs('json=a.json', 'text=b.txt')).toEqual([
    { format: 'verdict', file: undefined },
    { format: 'json', file: '/tmp/a.json' },
    { format: 'text', file: '/tmp/b.txt' },
  ]);
  expect(() => outputs('json')).toThrow('-q and -o json cannot be used together');
  expect(() => outputs('wide')).toThrow('-q and -o wide cannot be used together');
});

test.each([
  [['--wait', '5s', '--timeout', '6s'], '--wait and --timeout say different times'],
  [['--timeout', '6s'], '--timeout needs --wait'],
])('%j', async (argv, message) => {
  const { stderr, exitCode } = await verify('--lab', ...argv);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});

test('--wait --timeout: that time', async () => {
  const waiting = ['--wait', '--timeout', '1s', '-o', 'json'];
  const { stdout, stderr, exitCode } = await verify('--lab=sslmode-prefer', ...waiting);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('waited 1 s');
  expect(stderr).toBe('todo-chatbot: waited 1 s, and it does not pass\n');
  expect((await verify('--lab', ...waiting)).stderr).toBe('');
  const stuck = await verify('--lab=crash-loop', ...waiting);
  expect(stuck.stderr).toMatch(/^todo-chatbot: stopped waiting: pod \S+ cannot heal by itself \(.+\)\n$/);
});
