/** action.yml, run as GitHub's runner runs it, without a network: against the lab, with the packed package and a small API of GitHub. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { buildIfStale, ROOT } from '../faults/support/program.js';
import { Runner } from './runner.js';

interface Comment {
  id: number;
  user: { type: string };
  body: string;
}

let runner: Runner;
let server: Server;
let comments: Comment[] = [];
let requests: string[] = [];
let tarball = '';
let refuses = 0;
const LIMIT_MS = 120_000;

beforeAll(async () => {
  buildIfStale();
  server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url} ${request.headers.authorization ?? ''}`);
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const send = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value));
      if (refuses > 0) return send(refuses, { message: 'no' });
      const { body = '' } = (text === '' ? {} : JSON.parse(text)) as { body?: string };
      if (method === 'GET') {
        const page = Number(/[?&]page=(\d+)/.exec(url)?.[1]);
        return send(200, comments.slice((page - 1) * 100, page * 100));
      }
      if (method === 'POST') {
        comments.push({ id: comments.length + 1, user: { type: 'Bot' }, body });
        return send(201, comments.at(-1));
      }
      const found = comments.find(({ id }) => url.endsWith(`/issues/comments/${id}`));
      if (found === undefined) return send(404, {});
      found.body = body;
      return send(200, found);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  runner = new Runner(ROOT);
  const event = path.join(runner.folder, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  runner.env.GITHUB_EVENT_PATH = event;
  runner.env.GITHUB_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  runner.env.npm_config_offline = 'true';
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', runner.folder], {
    cwd: ROOT,
  });
  tarball = path.join(runner.folder, readdirSync(runner.folder).find((name) => name.endsWith('.tgz')) ?? '');
}, LIMIT_MS);

afterAll(() => {
  server.close();
  rmSync(runner.folder, { recursive: true, force: true });
});

beforeEach(() => {
  comments = [];
  requests = [];
  refuses = 0;
});

const run = (inputs: Record<string, string>) => runner.run({ package: tarball, ...inputs });

describe('action.yml', () => {
  test(
    'a healthy release: passes, with a summary, reports and outputs, and no annotation',
    async () => {
      const { code, log, summary, outputs, ran } = await run({ args: '--lab' });
      expect({ code, log }).toMatchObject({ code: 0 });
      expect(outputs).toMatchObject({ 'exit-code': '0', result: 'passed', failed: '' });
      expect(summary).toContain('todo-k8s verify');
      expect(log).not.toMatch(/^::(error|warning)/m);
      expect(JSON.parse(readFileSync(outputs.json ?? '', 'utf8'))).toMatchObject({ exitCode: 0 });
      expect(readFileSync(outputs.junit ?? '', 'utf8')).toContain('<testsuites');
      expect(ran).toEqual(['Install todo-k8s', 'Run todo-k8s', 'Result']);
      expect(requests).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'a broken one: annotations, a comment, outputs, and the job fails with the exit code of the command',
    async () => {
      const { code, log, outputs } = await run({ args: '--lab=crash-loop', comment: 'true' });
      expect(code).toBe(1);
      expect(log).toMatch(/^::error title=pods\/running::fail: /m);
      expect(outputs).toMatchObject({ 'exit-code': '1', result: 'failed' });
      expect(outputs.failed?.split(' ')).toContain('pods/running');
      expect(comments).toHaveLength(1);
      expect(comments[0]?.body).toMatch(
        /^<!-- todo-k8s verify \["todo-k8s-lab","default","todo-chatbot"\] -->\n/,
      );
      expect(requests[0]).toBe(
        'GET /repos/somebody/app/issues/7/comments?per_page=100&page=1 Bearer the-token',
      );
    },
    LIMIT_MS,
  );

  test(
    'fail: false leaves the judgement to the job',
    async () => {
      const { code, outputs } = await run({ args: '--lab=crash-loop', fail: 'false' });
      expect(code).toBe(0);
      expect(outputs['exit-code']).toBe('1');
    },
    LIMIT_MS,
  );

  test(
    'the comment is updated in place, found on the second page; those of people and of other releases stay',
    async () => {
      const other = {
        user: { type: 'Bot' },
        body: '<!-- todo-k8s doctor ["todo-k8s-lab","default","todo-chatbot"] -->\nx',
      };
      comments = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, ...other }));
      const mark = '<!-- todo-k8s verify ["todo-k8s-lab","default","todo-chatbot"] -->';
      comments.push({ id: 121, user: { type: 'User' }, body: `${mark}\nmine` });
      comments.push({ id: 122, user: { type: 'Bot' }, body: `${mark}\r\nold` });
      await run({ args: '--lab', comment: 'true' });
      expect(comments).toHaveLength(122);
      expect(comments[120]?.body).toContain('mine');
      expect(comments[121]?.body).toMatch(/[1-9]\d passed/);
      expect(comments.slice(0, 120).every(({ body }) => body === other.body)).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'a comment that is forbidden is a warning that names the permission, and changes no result',
    async () => {
      refuses = 403;
      const { code, log } = await run({ args: '--lab', comment: 'true' });
      expect(code).toBe(0);
      expect(log).toMatch(
        /^::warning::todo-k8s: the comment could not be written: GET is forbidden.*pull-requests: write/m,
      );
    },
    LIMIT_MS,
  );

  test(
    'what is in an input is never run, and an argument with blanks stays one',
    async () => {
      const evil = '$(touch run-by-shell) `touch run-by-shell` "; touch run-by-shell; "';
      const { code, log, outputs } = await run({ namespace: evil, args: `--lab\n  --only=${evil}` });
      expect(code).toBe(2);
      expect(outputs).toMatchObject({ 'exit-code': '2', result: 'error' });
      expect(log).toContain('touch run-by-shell');
      const folders = readdirSync(runner.folder).filter((name) => name.startsWith('run-'));
      for (const folder of folders)
        expect(existsSync(path.join(runner.folder, folder, 'workspace/run-by-shell'))).toBe(false);
    },
    LIMIT_MS,
  );

  test(
    'doctor: the causes are what failed',
    async () => {
      const { outputs } = await run({ command: 'doctor', args: '--lab=crash-loop', fail: 'false' });
      expect(outputs.failed).toBe('crash/permission-denied');
    },
    LIMIT_MS,
  );

  test(
    'a command that is none is told before anything runs',
    async () => {
      const { code, log, ran } = await run({ command: 'collect\n::set-env name=X::y' });
      expect(code).toBe(2);
      expect(ran).toContain('Result');
      expect(log).toContain('is none of verify, doctor, loadbalance');
      expect(log).not.toMatch(/^::set-env/m);
    },
    LIMIT_MS,
  );

  test('each input is used, and each output is one that the step writes', () => {
    const text = readFileSync(path.join(ROOT, 'action.yml'), 'utf8');
    const { inputs, outputs } = parse(text) as Record<
      'inputs' | 'outputs',
      Record<string, { description: string }>
    >;
    for (const name of Object.keys(inputs)) expect(text).toContain(`inputs.${name}`);
    const script = readFileSync(path.join(ROOT, 'deploy/action/run.js'), 'utf8');
    for (const name of Object.keys(outputs))
      expect(script).toMatch(new RegExp(`['"]?${name}['"]?[,:]|\\b${name}:`));
    // `run` has no expression in it: an input in a script would be run.
    const { runs } = parse(text) as { runs: { steps: { run: string }[] } };
    expect(runs.steps.filter(({ run }) => run.includes('${{'))).toEqual([]);
  });
});

describe('examples/ci', () => {
  const read = (file: string) => readFileSync(path.join(ROOT, 'examples/ci', file), 'utf8');

  test('are YAML, and name inputs, outputs and flags that there are', () => {
    const action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as {
      inputs: object;
      outputs: object;
    };
    for (const file of ['github.yml', 'gitlab.yml'])
      for (const document of parseAllDocuments(read(file))) expect(document.errors).toEqual([]);
    const workflow = parse(read('github.yml')) as {
      jobs: Record<string, { steps: { uses?: string; with?: object }[] }>;
    };
    const uses = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses?.startsWith('todo-k8s/')),
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const step of uses)
      for (const name of Object.keys(step.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
    for (const [, name] of read('github.yml').matchAll(/steps\.todo\.outputs\.([\w-]+)/g))
      expect(Object.keys(action.outputs)).toContain(name);
    const surface = readFileSync(path.join(ROOT, 'test/docs/public-surface.txt'), 'utf8');
    for (const file of ['github.yml', 'gitlab.yml', 'Jenkinsfile'])
      for (const [, flag = ''] of read(file).matchAll(/todo-k8s (?:verify|doctor)[^\n]*?(--[a-z-]+)/g))
        expect(surface).toContain(flag);
  });
});

test('krew installs what the package has: the same files, and the program by its name for kubectl', () => {
  const text = readFileSync(path.join(ROOT, '.krew.yaml'), 'utf8');
  const tarballLine = /^ *\{\{addURIAndSha .*$/m;
  expect(text).toMatch(tarballLine);
  const plugin = parse(text.replace(tarballLine, '').replace('{{ .TagName }}', 'v0')) as {
    metadata: { name: string };
    spec: { platforms: { bin: string; files: { from: string }[] }[]; caveats: string };
  };
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    engines: { node: string };
  };
  expect(manifest.bin[`kubectl-${plugin.metadata.name}`]).toBe(plugin.spec.platforms[0]?.bin);
  expect(plugin.spec.caveats).toContain(manifest.engines.node.replace(/>=|\.0$/g, ''));
  // The packed package has its files below `package/`, as the manifest says; and it starts from a link, as krew makes one.
  const folder = path.join(runner.folder, 'krew');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  symlinkSync(path.join(folder, 'package/bin/run.js'), path.join(folder, 'kubectl-todo'));
  expect(execFileSync(path.join(folder, 'kubectl-todo'), ['--version'], { encoding: 'utf8' })).toMatch(
    /^todo-k8s\/\d/,
  );
});
