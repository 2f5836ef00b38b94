/** Several clusters, a list of releases, and a part of many: what each is looked at, and what cannot be seen is a row. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseReleases } from '../../src/cli/releases-file.js';
import { isInShard, parseShard } from '../../src/cli/shard.js';
import Verify from '../../src/commands/verify.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';
import { freePort } from '../support/ports.js';

const { file, remove } = temporaryFolder();
const ONLY = ['--only', 'deployment/exists,service/exists', '--no-exec'];
/** What EKS calls a context. */
const ARN = 'arn:aws:eks:eu-west-1:123456789012:cluster/live';
let labs: Lab[];
let kubeconfig: string;

interface Kubeconfig {
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
}

beforeAll(async () => {
  labs = await Promise.all([startLab('healthy'), startLab('deployment-missing')]);
  const [live, test] = labs.map(
    ({ kubeconfigPath }) => parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig,
  );
  const gone = { server: `https://127.0.0.1:${await freePort()}` };
  const clusters = { [ARN]: live?.clusters[0]?.cluster, test: test?.clusters[0]?.cluster, gone };
  const users = { [ARN]: live?.users[0]?.user, test: test?.users[0]?.user, gone: {} };
  kubeconfig = file('kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: Object.entries(clusters).map(([name, cluster]) => ({ name, cluster })),
      users: Object.entries(users).map(([name, user]) => ({ name, user })),
      contexts: Object.keys(clusters).map((name) => ({
        name,
        context: { cluster: name, user: name, namespace: 'default' },
      })),
    }),
  );
});
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  remove();
});

const verify = (...argv: string[]) => runCommand(Verify, ['--kubeconfig', kubeconfig, ...ONLY, ...argv]);

/** Status by context, in the order of the table. */
function statuses(stdout: string): string[][] {
  const [, ...rows] = stdout.slice(0, stdout.indexOf('\n\n')).split('\n');
  return rows.map((row) => {
    const [context = '', namespace = '', release = '', status = ''] = row.split(/ {2,}/);
    return [context, `${namespace}/${release}`, status];
  });
}

describe('--contexts', () => {
  test('each cluster is a part of one table, worst first, and one that does not answer is a row', async () => {
    const { stdout, exitCode } = await verify('--contexts', `${ARN},gone,test`);
    expect(statuses(stdout)).toEqual([
      ['test', 'default/todo-chatbot', 'fail'],
      ['gone', 'default/-', 'unknown'],
      [ARN, 'default/todo-chatbot', 'pass'],
    ]);
    expect(stdout).toMatch(/2 of 3 releases do not pass . 3 clusters/);
    expect(stdout).toContain('--kube-context test');
    expect(exitCode).toBe(1);
  });

  test('with -A, where the list of all namespaces is what does not answer', async () => {
    const { stdout, exitCode } = await verify('--contexts', `${ARN},gone`, '-A');
    expect(statuses(stdout)).toEqual([
      ['gone', '-/-', 'unknown'],
      [ARN, 'default/todo-chatbot', 'pass'],
    ]);
    expect(exitCode).toBe(3);
  });

  test('events say of which cluster each is, and each report comes as soon as it is made', async () => {
    const { stdout } = await verify('--contexts', `${ARN},test`, '-o', 'events');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; context: string });
    expect(new Set(lines.map(({ context }) => context))).toEqual(new Set([ARN, 'test']));
    expect(lines.filter(({ type }) => type === 'report')).toHaveLength(2);
  });

  test.each([
    ['one that the kubeconfig does not have', 'nope', /nope/],
    ['one twice', 'test,test', /twice/],
    ['an empty name', 'test,,gone', /empty/],
  ])('%s is wrong usage', async (_, contexts, says) => {
    const { stderr, stdout, exitCode } = await verify('--contexts', contexts);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });
});

describe('--releases-from', () => {
  test('the releases of a file, of their clusters; what is not there is a row that says so', async () => {
    const list = file('releases.txt');
    writeFileSync(
      list,
      `# ours\n${ARN}/default/todo-chatbot # live\n\ndefault/todo-chatbot\ntest/default/shop\r\n`,
    );
    const { stdout, exitCode } = await verify('--releases-from', list);
    expect(statuses(stdout)).toEqual([
      ['test', 'default/todo-chatbot', 'fail'],
      ['test', 'default/shop', 'unknown'],
      [ARN, 'default/todo-chatbot', 'pass'],
    ]);
    expect(stdout).toContain('shop');
    expect(exitCode).toBe(1);
  });

  test('names what is wrong with its number, and looks at nothing', async () => {
    const list = file('wrong.txt');
    writeFileSync(list, 'default/a\n\nUpper/Case\n');
    const { stderr, stdout, exitCode } = await verify('--releases-from', list);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${list}:3: `);
  });
});

describe('a list of releases', () => {
  test.each([
    ['lines', `a/b/c\n# x\n  ns/rel  \r\n${ARN}/n/r`],
    [
      'YAML',
      `- {context: a, namespace: b, release: c}\n- namespace: ns\n  release: rel\n- {context: "${ARN}", namespace: n, release: r}`,
    ],
    [
      'JSON',
      JSON.stringify([
        { context: 'a', namespace: 'b', release: 'c' },
        { namespace: 'ns', release: 'rel' },
        { context: ARN, namespace: 'n', release: 'r' },
      ]),
    ],
  ])('as %s', async (_, text) => {
    const listed = await parseReleases(text, 'list');
    expect(listed.map(({ context, namespace, release }) => [context, namespace, release])).toEqual([
      ['a', 'b', 'c'],
      [undefined, 'ns', 'rel'],
      [ARN, 'n', 'r'],
    ]);
  });

  test('a Deployment without Helm, and a name that looks like a number', async () => {
    const text = '- {namespace: shop, deployment: api.v2}\n- {namespace: 007, release: 1.10}';
    expect(await parseReleases(text, 'list')).toEqual([
      { context: undefined, namespace: 'shop', release: undefined, deployment: 'api.v2' },
      { context: undefined, namespace: '007', release: '1.10', deployment: undefined },
    ]);
  });

  test.each([
    ['one word', 'a/b\nword', 'list:2: '],
    ['an empty part', 'a/b\n\na//b', 'list:3: '],
    ['no context before its slash', '/a/b', 'list:1: '],
    ['an upper case', 'a/B', 'list:1: '],
    ['a path that leads out', 'ctx/../etc', 'list:1: '],
    ['a shell’s words', 'a/$(reboot)', 'list:1: '],
    ['an escape sequence', 'ctx\u001b[31m/a/b', 'list:1: '],
    ['a character that turns the line', 'ctx\u202e/a/b', 'list:1: '],
    ['a NUL', 'a/b\u0000', 'list:1: '],
    ['a release that Helm would not take', `a/${'x'.repeat(54)}`, 'list:1: '],
    ['a namespace with a dot', 'a.b/c', 'list:1: '],
    ['the same twice', 'a/b\nc/d\na/b', 'list:3: names the same release as line 1'],
    ['nothing', '\n# a comment\n', 'names no release'],
    ['a mapping', '{}', 'expected a list'],
    ['a list of names', '- a/b', 'expected an object'],
    ['a key of another tool', '- {namespace: a, release: b}\n- {name: x}', 'list:2:'],
    ['neither release nor Deployment', '- {namespace: a}', 'either a release or a deployment'],
    ['both', '- {namespace: a, release: b, deployment: c}', 'either a release or a deployment'],
    ['a list where a name belongs', '- {namespace: [a], release: b}', 'expected a name'],
    ['true where a name belongs', '- {namespace: true, release: b}', 'expected a name'],
    ['YAML that is none', '- {namespace: a', 'is not valid YAML'],
  ])('with %s is refused', async (_, text, says) => {
    await expect(parseReleases(text, 'list')).rejects.toThrow(says);
  });

  test('what is refused is quoted without its control characters', async () => {
    const error = await parseReleases('a/\u001b[2J', 'list').catch((thrown: unknown) => thrown);
    expect((error as Error).message).not.toContain('\u001b');
  });
});

describe('--shard', () => {
  const many = Array.from({ length: 2000 }, (_, index) => ({
    context: `c${index % 3}`,
    namespace: `n${index % 20}`,
    name: `r${index}`,
  }));

  test.each([1, 2, 3, 4, 7, 16, 100])('%d parts have each release once, and about as many each', (of) => {
    const parts = Array.from({ length: of }, (_, index) =>
      many.filter((each) => isInShard(each, { index, of })),
    );
    expect(parts.flat()).toHaveLength(many.length);
    expect(new Set(parts.flat())).toEqual(new Set(many));
    const most = Math.max(...parts.map(({ length }) => length));
    expect(most).toBeLessThan((many.length / of) * 1.5 + 10);
  });

  test('a release stays where it is, whatever comes and goes beside it', () => {
    // Held: another version must not look at releases twice while two are at work.
    const at = (name: string) =>
      [0, 1, 2, 3].find((index) => isInShard({ context: 'c', namespace: 'n', name }, { index, of: 4 }));
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(at)).toEqual([3, 0, 0, 2, 2, 1]);
  });

  test('where one name ends and the next begins makes a difference', () => {
    const of = 9973;
    const places = Array.from({ length: of }, (_, index) => index).filter((index) =>
      [
        { context: 'a', namespace: 'bc', name: 'd' },
        { context: 'ab', namespace: 'c', name: 'd' },
      ].some((each) => isInShard(each, { index, of })),
    );
    expect(places).toHaveLength(2);
  });

  test.each(['4/4', '5/4', '-1/4', '1', '1/0', '0/0', 'a/b', '1/4/2', '', '1.5/4', '0x1/4', '0/99999'])(
    '%p is refused',
    (text) => {
      expect(() => parseShard(text)).toThrow(/--shard/);
    },
  );

  test('every release is looked at by one of the parts, and an empty part passes', async () => {
    const outcomes = [];
    for (const index of [0, 1])
      outcomes.push(
        await runCommand(Verify, [
          ...['--kubeconfig', labs[0]?.kubeconfigPath ?? '', ...ONLY, '-A', '--shard', `${index}/2`],
        ]),
      );
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const rows = outcomes.map(({ stdout }) => stdout.match(/^default +todo-chatbot/gm)?.length ?? 0);
    expect(rows.sort()).toEqual([0, 1]);
    for (const { stdout } of outcomes) expect(stdout).toMatch(/shard [01]\/2 of 1 release/);
  });

  test('of one release there are no parts', async () => {
    const { exitCode, stderr } = await verify('--shard', '0/2');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--shard needs many releases');
  });
});
