/** `--publish` on the command line: what is refused before a run, and a run that publishes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publishTargets } from '../../src/cli/publish-targets.js';
import ChecksRole from '../../src/commands/checks/role.js';
import Verify from '../../src/commands/verify.js';
import { runCommand } from '../bundle/support.js';

let folder: string;
let server: Server;
let seen: { line: string; body: string }[] = [];
let answer = 200;
let url = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-publish-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, body });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('is refused before anything is asked of a cluster', () => {
  const refused = (values: string[], env: NodeJS.ProcessEnv = {}, template?: string) => {
    try {
      publishTargets(values, template, env);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('it was not refused');
  };

  test.each([
    ['a target that there is not', ['slack'], /report, event, pushgateway=URL or webhook=env:NAME/],
    ['nothing', [''], /report, event, pushgateway=URL/],
    ['a report with a value', ['report=x'], /report, event, pushgateway=URL/],
    ['a gateway without a URL', ['pushgateway'], /http:\/\/ or https:\/\//],
    ['a gateway that is no URL', ['pushgateway=gateway:9091'], /http:\/\/ or https:\/\//],
    ['another scheme', ['pushgateway=file:///etc/passwd'], /http:\/\/ or https:\/\//],
    ['credentials', ['pushgateway=http://u:p@h'], /credentials/],
    ['a query', ['pushgateway=http://h/?x=1'], /query/],
    ['a webhook on the command line', ['webhook=https://hooks.example.org/SECRET'], /put it into a variable/],
    ['a variable that is not set', ['webhook=env:NOT_SET'], /NOT_SET is not set/],
    ['a name that is none', ['webhook=env:A-B'], /webhook=env:NAME/],
  ])('%s', (_, values, why) => {
    const message = refused(values);
    expect(message).toMatch(why);
    expect(message).not.toContain('SECRET');
    expect(message).not.toContain('u:p');
  });

  test('a variable whose value is no URL, without that value', () => {
    const message = refused(['webhook=env:HOOK'], { HOOK: 'hooks.example.org/SECRET' });
    expect(message).toContain('HOOK');
    expect(message).not.toContain('SECRET');
  });

  test('a template that cannot be read, is none, or is for nothing', () => {
    const file = path.join(folder, 'template.json');
    writeFileSync(file, '{"text": {{release}}}');
    const env = { HOOK: 'https://h' };
    expect(refused(['webhook=env:HOOK'], env, file)).toMatch(/not JSON/);
    expect(refused(['webhook=env:HOOK'], env, path.join(folder, 'none'))).toMatch(/does not exist/);
    expect(refused(['report'], env, file)).toMatch(/needs --publish webhook/);
  });
});

describe('verify', () => {
  const verify = (...argv: string[]) => runCommand(Verify, ['--lab', ...argv]);

  test('publishes nothing by itself, whatever the environment says', async () => {
    seen = [];
    process.env.TODO_K8S_PUBLISH = `pushgateway=${url}`;
    try {
      expect((await verify()).exitCode).toBe(0);
    } finally {
      delete process.env.TODO_K8S_PUBLISH;
    }
    expect(seen).toEqual([]);
  });

  test('pushes its metrics, and says nothing more than it did', async () => {
    seen = [];
    const { exitCode, stderr } = await verify('--publish', `pushgateway=${url}`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.body).toContain('todo_k8s_run_exit_code');
  });

  test('what could not be published is told, and is exit code 4; the report is printed all the same', async () => {
    answer = 503;
    try {
      const { exitCode, stdout, stderr } = await verify('--publish', `pushgateway=${url}`);
      expect(exitCode).toBe(4);
      expect(stdout).toMatch(/[1-9]\d passed/);
      expect(stderr).toMatch(/--publish pushgateway: 127\.0\.0\.1:\d+ answered HTTP 503/);
    } finally {
      answer = 200;
    }
  });

  test.each([
    [['--publish', 'report'], /report writes to a cluster, and --lab/],
    [['--publish', 'event'], /event writes to a cluster, and --lab/],
    [['--publish', 'nonsense'], /report, event, pushgateway=URL/],
  ])('%j is wrong usage', async (argv, why) => {
    const { exitCode, stderr } = await verify(...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(why);
  });

  test('a replay is not published: it is not how things are', async () => {
    const { exitCode, stderr } = await runCommand(Verify, [
      '--from',
      'x.tgz',
      '--publish',
      `pushgateway=${url}`,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--publish');
  });
});

test('checks role --publish prints what a Report takes, and nothing else is added', async () => {
  const without = await runCommand(ChecksRole, []);
  const withReport = await runCommand(ChecksRole, ['--publish']);
  const added = withReport.stdout.split('\n').filter((line) => !without.stdout.split('\n').includes(line));
  expect(added.join('\n')).toMatch(/openreports\.io/);
  expect(added.join('\n')).toMatch(/verbs: \["create", "patch"\]/);
  expect(without.stdout).not.toMatch(/patch/);
});

test('checks role --publish-event prints what an Event takes, and no Report', async () => {
  const { stdout } = await runCommand(ChecksRole, ['--publish-event']);
  expect(stdout).toMatch(/resources: \["events"\]\n\s+verbs: \["create", "patch"\]/);
  expect(stdout).not.toMatch(/openreports/);
});
