/** verify --manifests: every form in which manifests come, and what is said of those that cannot be read. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { CHECKS } from '../../src/checks/index.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { SECRET_VALUES } from '../../src/lab/manifests.js';
import { readManifestTexts } from '../../src/planned/files.js';
import { ManifestError } from '../../src/planned/manifest-error.js';
import { planOf } from '../../src/planned/plan.js';
import { runWithoutCluster, temporaryFolder } from '../bundle/support.js';
import { render, ROWS } from '../field/render.js';

const { folder, file, remove } = temporaryFolder();
afterAll(remove);

const ROW = ROWS.find(({ id }) => id === 'd06');
if (ROW === undefined) throw new Error('there is a row d06');
const OBJECTS = render(ROW) as { kind: string; metadata: { name: string; namespace?: string } }[];
const yaml = (objects: readonly object[] = OBJECTS) =>
  objects.map((object) => stringify(object)).join('---\n');
let count = 0;

async function verify(text: string | Record<string, string>, ...more: string[]) {
  const given = file(typeof text === 'string' ? `m${++count}.yaml` : `m${++count}`);
  if (typeof text === 'string') writeFileSync(given, text);
  else
    for (const [name, each] of Object.entries(text)) {
      const at = path.join(given, name);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, each);
    }
  const outcome = await runWithoutCluster(Verify, ['--manifests', given, '-o', 'json', ...more], folder);
  const report = outcome.stdout === '' ? undefined : (JSON.parse(outcome.stdout) as Report);
  const failing = report?.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return { ...outcome, report, failing, given };
}

const plain = await verify(yaml());

describe('forms', () => {
  const list = (items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items });
  const forms: Record<string, string> = {
    'a List': stringify(list(OBJECTS)),
    'Lists in a List': stringify(list([list(OBJECTS.slice(0, 2)), list(OBJECTS.slice(2))])),
    JSON: JSON.stringify(list(OBJECTS), undefined, '\t'),
    'JSON objects in a row': OBJECTS.map((each) => JSON.stringify(each, undefined, 2)).join('\n'),
    'JSON objects in a row, a line each': OBJECTS.map((each) =>
      JSON.stringify({ ...each, 'x}{': '\\"{' }),
    ).join('\n\n'),
    'CRLF and a byte order mark': `\uFEFF${yaml().replaceAll('\n', '\r\n')}`,
    'empty documents and comments': `---\n# nothing\n---\n\n---\n${yaml()}---\n...\n---\n`,
    'a document of its own line': yaml().replaceAll('---\n', '--- # the next\n'),
    'objects of other kinds beside': `${yaml()}---\n${yaml([
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'x.example' },
      },
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'todo-backend' }, spec: 3 },
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'migrate-' } },
    ])}`,
  };
  test.each(Object.entries(forms))('%s is judged as plain documents are', async (_name, text) => {
    const { exitCode, failing } = await verify(text);
    expect(exitCode).toBe(1);
    expect(failing).toEqual(plain.failing);
  });

  test('a folder is read below, in files that kubectl reads', async () => {
    const [first, ...rest] = OBJECTS;
    const { failing, report } = await verify({
      'base/one.yaml': yaml([first ?? {}]),
      'base/deep/er/rest.yml': yaml(rest),
      'base/README.md': '# {{ not a manifest }}',
      'values.yaml': 'backend:\n  replicas: 2\n',
      '.git/config.yaml': '{{ no }}',
    });
    expect(failing).toEqual(plain.failing);
    expect(report?.notices.join()).toMatch(/values\.yaml:1: has no kind: left out/);
  });

  test('a kustomization is told by its name, too: it needs no kind', async () => {
    const { failing, report } = await verify({
      'all.yaml': yaml(),
      'kustomization.yaml': 'resources: [all.yaml]\nnamePrefix: prod-\n',
    });
    expect(failing).toEqual(plain.failing);
    expect(report?.notices.join('\n')).toMatch(
      /kustomization\.yaml changes these files .*: kubectl kustomize DIR/,
    );
    expect(report?.notices.join('\n')).not.toMatch(/kustomization\.yaml:1: has no kind/);
  });

  test('standard input is read to its end', async () => {
    const [text] = await readManifestTexts('-', Readable.from([Buffer.from(yaml()), '---\n']));
    expect(planOf([text ?? { file: '', text: '' }], 'x').objects).toHaveLength(OBJECTS.length);
  });

  test('anchors and merge keys stand for what they name', () => {
    const text = [
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: backend, labels: &l {app: todo}}',
      'spec:\n  selector: {matchLabels: *l}\n  template:\n    metadata: {labels: {<<: *l, tier: api}}',
      '    spec:\n      containers: [{name: backend, image: x}]\n',
    ].join('\n');
    const [planned] = planOf([{ file: 'a.yaml', text }], 'x').objects;
    expect(planned?.object).toMatchObject({
      spec: { template: { metadata: { labels: { app: 'todo', tier: 'api' } } } },
    });
    expect(planned?.lineOf(['spec', 'selector', 'matchLabels', 'app'])).toBe(3);
  });

  test('the words of YAML 1.1 are those that Kubernetes knows, and no others', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {at: 12:30, day: 2026-01-02}\n';
    const [planned] = planOf([{ file: 'a.yaml', text }], 'x').objects;
    expect(planned?.object).toMatchObject({ data: { at: '12:30', day: '2026-01-02' } });
    const yes = text.replace('12:30', 'yes');
    expect(() => planOf([{ file: 'a.yaml', text: yes }], 'x')).toThrow(
      'a.yaml:4: ConfigMap c: data.at is not a text; put it in quotes',
    );
  });
});

describe('what cannot be read is exit code 2, with file and line', () => {
  const broken: [name: string, text: string, says: RegExp][] = [
    [
      'a template',
      'kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n',
      /:3: a template of a chart stands here .*--chart/,
    ],
    [
      'a template in a block',
      '{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n',
      /:1: a template of a chart stands here/,
    ],
    [
      'a tab',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n',
      /:4: is not valid YAML: a tab is used/,
    ],
    ['an open bracket', 'apiVersion: v1\nkind: [ConfigMap\nmetadata: {}\n', /:\d: is not valid YAML/],
    ['an alias to nothing', 'apiVersion: v1\nkind: ConfigMap\nmetadata: *x\n', /:\d: .*(anchor|alias)/],
    ['no kind', 'replicas: 2\n', /:1: has no kind, so it is not an object/],
    ['a text', 'hello\n', /:1: is not an object, so/],
    ['nothing', '# only a comment\n', /it holds no Kubernetes object/],
    [
      'no backend',
      yaml([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: {} }]),
      /no Deployment of a backend is among them \(1 Service\)/,
    ],
    [
      'an old API',
      yaml().replace('apps/v1', 'extensions/v1beta1'),
      /:\d+: .*no longer serves extensions\/v1beta1/,
    ],
    ['no name', yaml().replace('name: todo-backend', 'nam: x'), /:\d+: .* has no metadata\.name/],
    [
      'texts where numbers belong',
      yaml()
        .replace(/replicas: \d/, 'replicas: two')
        .replace('containerPort: 8000', 'containerPort: "8000"'),
      /:\d+: Deployment .* spec\.replicas is not a whole number[^]*:\d+: Deployment .*ports\[0\]\.containerPort is not a whole number/,
    ],
    [
      'numbers where texts belong',
      yaml().replace('LOG_LEVEL: INFO', 'LOG_LEVEL: 1'),
      /:\d+: ConfigMap todo-config: data\.LOG_LEVEL is not a text; put it in quotes/,
    ],
    [
      'a pod without containers',
      yaml().replace('containers:', 'containers: null\n      others:'),
      /:\d+: Deployment todo-backend: spec\.template\.spec\.containers is missing/,
    ],
    [
      'a template without a pod',
      yaml().replace('  template:\n', '  template: null\n  other:\n'),
      /:\d+: Deployment todo-backend: spec\.template\.spec\.containers is missing/,
    ],
    [
      'a Service without its specification alone',
      yaml([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }]),
      /no Deployment of a backend is among them \(1 Service\)/,
    ],
    ['a bomb of aliases', bomb(), /:\d+: its aliases expand to more/],
    ['a deep nest', '['.repeat(100_000), /(nested too deep|not valid YAML)/],
  ];
  test.each(broken)('%s', async (_name, text, says) => {
    const { exitCode, stderr, stdout } = await verify(text);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });

  test('any field may be missing, null or of another type: it is read, or refused with its line', () => {
    const refused: unknown[] = [];
    const mutants = OBJECTS.flatMap((_, index) => mutated(OBJECTS, index));
    for (const text of mutants)
      try {
        planOf([{ file: 'a.yaml', text }], 'x');
      } catch (error) {
        refused.push(error);
      }
    expect(mutants.length).toBeGreaterThan(300);
    expect(refused.length).toBeGreaterThan(50);
    for (const error of refused) {
      expect(error).toBeInstanceOf(ManifestError);
      expect((error as ManifestError).message).toMatch(/a\.yaml:\d+: /);
    }
  });

  test('what is not UTF-8, too large or not there', async () => {
    const given = file('binary.yaml');
    writeFileSync(given, Buffer.from([0x6b, 0xff, 0xfe, 0x00]));
    await expect(readManifestTexts(given)).rejects.toThrow('is not UTF-8 text');
    await expect(readManifestTexts(file('nowhere'))).rejects.toThrow('nowhere does not exist');
    symlinkSync('loop', file('loop'));
    await expect(readManifestTexts(file('loop'))).rejects.toThrow('leads in a circle');
    const much = file('much.yaml');
    writeFileSync(much, `# ${'x'.repeat(33 * 1024 * 1024)}`);
    await expect(readManifestTexts(much)).rejects.toThrow('larger than 32 MiB');
  });

  test('a chart is not a folder of manifests', async () => {
    const { stderr, exitCode, given } = await verify({
      'Chart.yaml': 'name: x',
      'templates/a.yaml': '{{ x }}',
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--chart ${given}`);
  });

  test('no secret is quoted, wherever the text breaks', async () => {
    const text = yaml().replace('BETTER_AUTH_SECRET:', '\tBETTER_AUTH_SECRET:');
    const { stderr, exitCode } = await verify(text);
    expect(exitCode).toBe(2);
    for (const value of Object.values(SECRET_VALUES)) expect(stderr).not.toContain(value.slice(0, 12));
  });
});

describe('which backend', () => {
  const elsewhere = (namespace: string) =>
    OBJECTS.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));

  test('its namespace is the one that the objects name', async () => {
    const { report } = await verify(yaml(elsewhere('todo')));
    expect(report?.target.namespace).toBe('todo');
    expect(report?.checks.map(({ status }) => status)).toEqual(
      plain.report?.checks.map(({ status }) => status),
    );
  });

  test('of two namespaces one is chosen, and another one is refused', async () => {
    const both = yaml([...elsewhere('one'), ...elsewhere('two')]);
    const { stderr, exitCode } = await verify(both);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('backends for several namespaces: one, two. Choose one with -n');
    expect((await verify(both, '-n', 'two')).report?.target.namespace).toBe('two');
    expect((await verify(yaml(elsewhere('one')), '-n', 'x')).stderr).toContain(
      'the backend goes to namespace one, as the objects say, and not to "x"',
    );
  });

  test('of two Deployments one is chosen', async () => {
    const [first] = OBJECTS.filter(({ kind }) => kind === 'Deployment');
    const second = yaml([first ?? {}]).replaceAll(': todo-backend', ': todo-api');
    const both = `${yaml()}---\n${second}`;
    const { stderr, exitCode } = await verify(both);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Several backends .*--deployment todo-api/s);
    expect((await verify(both, '--deployment', 'todo-backend')).failing).toEqual(plain.failing);
    expect((await verify(both, '--deployment', 'nobody')).exitCode).toBe(2);
  });
});

describe('what is not among the manifests', () => {
  test('a Secret that the template names may be in the cluster: nobody says that it is missing, or there', async () => {
    const { report, exitCode } = await verify(yaml(OBJECTS.filter(({ kind }) => kind !== 'Secret')));
    const secret = report?.checks.find(({ id }) => id === 'config/secret');
    expect(secret).toMatchObject({
      status: 'skip',
      message: 'Secret todo-secrets is not among the manifests: only the cluster shows whether it is there',
    });
    expect(report?.checks.find(({ id }) => id === 'config/database-url')?.status).toBe('skip');
    expect(report?.summary.unknown).toBe(0);
    expect(exitCode).toBe(1);
  });

  test('a Service that nobody wrote is missing', async () => {
    const { failing } = await verify(yaml(OBJECTS.filter(({ kind }) => kind !== 'Service')));
    expect(failing).toContain('service/exists');
  });

  test('what runs is skipped with the reason, and never passed', () => {
    const isRunning = ({ id }: { id: string }) => /^(pods|functional)\//.test(id);
    const running = plain.report?.checks.filter(isRunning) ?? [];
    expect(running).toHaveLength(CHECKS.filter(({ meta }) => isRunning(meta)).length);
    for (const { status, message } of running)
      expect([status, message]).toEqual(['skip', expect.stringMatching(/^only a running (pod|backend) /)]);
  });
});

describe('where it stands', () => {
  test('findings name file and line, in the order of the file', async () => {
    const text = `# a comment\n${yaml()}`;
    const { report } = await verify(text);
    const [finding] = report?.checks.find(({ id }) => id === 'service/type')?.findings ?? [];
    const [, line] = /:(\d+)$/.exec(String(finding?.data.place)) ?? [];
    expect(text.split('\n')[Number(line) - 1]).toContain('type: ClusterIP');
  });

  test('GitHub shows it at that line', async () => {
    const { stdout } = await runWithoutCluster(Verify, ['--manifests', plain.given, '-o', 'github'], folder);
    expect(stdout).toMatch(/^::error file=\S+m1\.yaml,line=\d+,title=service\/type::/m);
  });

  test('an object that is written twice is told; the later one counts', async () => {
    const [service] = OBJECTS.filter(({ kind }) => kind === 'Service');
    const again = { ...structuredClone(service ?? {}), spec: { ports: [], selector: { app: 'other' } } };
    const { report } = await verify(yaml([...OBJECTS, again]));
    expect(report?.notices.join()).toMatch(
      /Service todo-backend is given twice: .*:\d+ and .*:\d+; the later/,
    );
    expect(report?.checks.find(({ id }) => id === 'service/selector-matches')?.status).toBe('fail');
  });

  test('a key that is given twice is told', async () => {
    const text = yaml().replace(
      '    spec:\n',
      '    spec:\n      restartPolicy: Always\n      restartPolicy: Always\n',
    );
    expect((await verify(text)).report?.notices.join()).toMatch(/:\d+: the key restartPolicy is given twice/);
  });
});

test('secrets never leave: not those of a Secret, nor those in a template or an annotation', async () => {
  const objects = parse(stringify(OBJECTS)) as typeof OBJECTS;
  for (const object of objects)
    Object.assign(object.metadata, { annotations: { note: SECRET_VALUES.BETTER_AUTH_SECRET } });
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: { spec: { containers: { env: object[] }[] } } };
  };
  deployment.spec.template.spec.containers[0]?.env.push({
    name: 'DATABASE_URL',
    value: SECRET_VALUES.DATABASE_URL,
  });
  for (const format of ['json', 'wide', 'html', 'github', 'junit']) {
    const given = file('secrets.yaml');
    writeFileSync(given, yaml(objects));
    const { stdout, stderr } = await runWithoutCluster(Verify, ['--manifests', given, '-o', format], folder);
    expect(stdout.length).toBeGreaterThan(1000);
    for (const value of ['npg-lab-7Qw2Xr9Kd4', SECRET_VALUES.BETTER_AUTH_SECRET])
      expect(stdout + stderr).not.toContain(value);
  }
});

/** The texts in which one field of one object is gone, null, a text, a number or a list. */
function mutated(objects: readonly object[], index: number): string[] {
  const texts: string[] = [];
  const walk = (at: object) => {
    for (const [key, value] of Object.entries(at) as [never, unknown][]) {
      for (const other of [undefined, null, 'text', 1, []]) {
        at[key] = other as never;
        texts.push(objects.map((each, i) => stringify(i === index ? copy : each)).join('---\n'));
      }
      at[key] = value as never;
      if (typeof value === 'object' && value !== null) walk(value);
    }
  };
  const copy = structuredClone(objects[index] ?? {});
  walk(copy);
  return texts;
}

function bomb(): string {
  const lines = ['apiVersion: v1', 'kind: ConfigMap', 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  return lines.join('\n');
}
