/** verify --chart: a chart that renders is judged, one that does not is explained, by what Helm 3 really says. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Verify from '../../src/commands/verify.js';
import ContractInit from '../../src/commands/contract/init.js';
import type { Report } from '../../src/engine/report.js';
import { explainBreakage, type ChartFiles } from '../../src/planned/chart-broken.js';
import { runCommand, runWithoutCluster, temporaryFolder } from '../bundle/support.js';

const { folder, file, remove } = temporaryFolder();
afterAll(remove);

const FIXTURES = new URL('../fixtures/helm/', import.meta.url);
const said = (name: string) => readFileSync(new URL(`${name}.txt`, FIXTURES), 'utf8');
const chart = (more: Partial<ChartFiles> = {}): ChartFiles => ({
  ...{ folder: 'helm/todo', hasChartFile: true, helmignore: undefined },
  ...more,
});

describe('what Helm says is explained', () => {
  const EXPECTED: Record<string, [place: string, says: RegExp, fix: RegExp]> = {
    'nil-pointer': [
      'helm/todo/templates/backend-deployment.yaml:11',
      /^\.Values\.backend\.scaling\.replicas is asked for, and there is no \.Values\.backend\.scaling/,
      /^Give backend\.scaling in values\.yaml/,
    ],
    'undefined-variable': ['helm/todo/templates/backend-service.yaml:3', /variable \$component/, /Define it/],
    'no-such-function': ['helm/todo/templates/backend-service.yaml:3', /no function tuYaml/, /Correct/],
    'template-syntax': ['helm/todo/templates/backend-service.yaml:3', /cannot be read: unexpected/, /braces/],
    indentation: [
      'helm/todo/templates/backend-service.yaml',
      /not YAML, near line 14 of the rendered text/,
      /nindent/,
    ],
    'required-value': [
      'helm/todo/templates/backend-secret.yaml:11',
      /a value that it was not given: backend\.secrets\.DATABASE_URL is required/,
      /^Give it: --set backend\.secrets\.DATABASE_URL=…/,
    ],
    'values-not-yaml': ['helm/todo/values.yaml:93', /it is not YAML/, /spaces/],
    'chart-file-not-yaml': ['helm/todo/Chart.yaml:1', /it is not YAML/, /quotes/],
    'missing-dependency': ['helm/todo/Chart.yaml', /postgresql/, /helm dependency build helm\/todo$/],
    schema: ['helm/todo/values.schema.json', /backend\/replicaCount': got number, want string/, /values/],
    'no-chart-file': ['helm/todo', /has no Chart\.yaml/, /Add it/],
    'lookup-without-cluster': [
      'helm/todo/templates/l.yaml:5',
      /there is no \$s\.data \(nil pointer\)/,
      /within range and with/,
    ],
    'hyphen-in-key': ['helm/todo/templates/d.yaml:1', /a key with a hyphen/, /index \.Values "my-key"/],
    'no-such-template': [
      'helm/todo/templates/i.yaml:1',
      /^it includes the template todo\.nothere, and none/,
      /define "todo\.nothere"/,
    ],
    refusal: [
      'helm/todo/templates/f.yaml:1',
      /^the chart refuses to render: use values-prod\.yaml$/,
      /-f or --set/,
    ],
    'values-are-a-list': ['helm/todo/values.yaml', /^it must be a mapping .* and is a list$/, /key/],
    'no-chart-name': ['helm/todo/Chart.yaml', /^name is required$/, /apiVersion: v2/],
    'library-chart': ['helm/todo/Chart.yaml', /type library/, /depends on it/],
    'kube-version': [
      'helm/todo/Chart.yaml',
      /^kubeVersion: >=9\.0\.0 leaves out Kubernetes v1\.20\.0$/,
      /kubeVersion/,
    ],
    'not-an-archive': ['helm/todo', /not a packed chart/, /helm package/],
    'schema-not-json': ['helm/todo/values.schema.json', /^it is not JSON: unexpected EOF$/, /brackets/],
  };

  test.each(readdirSync(FIXTURES).map((name) => name.replace('.txt', '')))('%s', (name) => {
    const [place, says, fix] = EXPECTED[name] ?? ['', /none/, /none/];
    const found = explainBreakage(said(name), chart({ hasChartFile: name !== 'no-chart-file' }));
    expect(found.place).toBe(place);
    expect(found.says).toMatch(says);
    expect(found.fix).toMatch(fix);
  });

  test.each([
    ['!README.md\n', 'helm/todo/.helmignore:1', /leaves it out: !README\.md/],
    ['# x\r\n*.md\r\n!docs\r\n', 'helm/todo/.helmignore:3', /!docs/],
    ['\nChart.*\n', 'helm/todo/.helmignore:2', /Chart\.\*/],
  ])('Chart.yaml that is left out by %j', (helmignore, place, says) => {
    const found = explainBreakage(said('no-chart-file'), chart({ helmignore }));
    expect(found.place).toBe(place);
    expect(found.says).toMatch(says);
  });

  test('what lookup did not find without a cluster is told as that', () => {
    const template =
      '{{- $s := (lookup "v1" "Secret" .Release.Namespace "x") }}\na: {{ $s.data.password }}\n';
    const found = explainBreakage(said('lookup-without-cluster'), chart({ template }));
    expect(found.says).toMatch(/lookup finds nothing: a chart is rendered without a cluster/);
    expect(found.fix).toContain('{{ if $s }}');
    expect(
      explainBreakage(said('lookup-without-cluster'), chart({ template: '{{ $s := .Values.x }}' })).says,
    ).not.toMatch(/lookup/);
  });

  test('a chart within a chart, a range and words that nobody knows', () => {
    const inner = said('nil-pointer').replaceAll(
      'todo-chatbot/templates',
      'todo-chatbot/charts/db/templates',
    );
    expect(explainBreakage(inner, chart()).place).toBe(
      'helm/todo/charts/db/templates/backend-deployment.yaml:11',
    );
    const range = said('nil-pointer').replaceAll('.Values.backend.scaling', '$port');
    expect(explainBreakage(range, chart()).fix).toContain('$.Values');
    expect(explainBreakage('Error: something new\nmore', chart())).toMatchObject({
      place: undefined,
      says: 'Helm says: something new',
    });
  });
});

describe('without Helm', () => {
  test('it is told what to do', async () => {
    const { exitCode, stderr } = await runWithoutCluster(
      Verify,
      ['--chart', 'examples/helm/todo-chatbot'],
      folder,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('helm is not on the PATH');
    expect(stderr).toContain(
      'helm template todo-chatbot examples/helm/todo-chatbot | todo-k8s verify --manifests -',
    );
  });

  test('a chart and a cluster are not mixed', async () => {
    const { exitCode } = await runCommand(Verify, ['--chart', 'x', '--lab']);
    expect(exitCode).toBe(2);
  });
});

/** Helm's folder: on the PATH, or where the cluster of test/cluster keeps it. */
function helmFolder(): string | undefined {
  const own = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'todo-k8s/bin');
  const kept = existsSync(own) ? readdirSync(own).map((name) => path.join(own, name)) : [];
  return [...(process.env.PATH ?? '').split(path.delimiter), ...kept].find((each) =>
    existsSync(path.join(each, 'helm')),
  );
}

const helm = helmFolder();
if (helm === undefined) console.warn('no helm on this machine: real charts are not rendered');
const real = helm === undefined ? describe.skip : describe;

real('with Helm', () => {
  const SECRETS = [
    '--set',
    'backend.secrets.DATABASE_URL=postgresql://todo:pw-of-the-test@db.example/todo?sslmode=require',
    '--set',
    'backend.secrets.BETTER_AUTH_SECRET=a-signing-secret-of-the-test-0123456789',
  ];
  const verify = async (given: string, ...more: string[]) => {
    const before = process.env.PATH;
    process.env.PATH = `${helm ?? ''}${path.delimiter}${before ?? ''}`;
    const kubeconfig = process.env.KUBECONFIG;
    process.env.KUBECONFIG = file('no-kubeconfig');
    try {
      return await runCommand(Verify, ['--chart', given, '-o', 'json', ...more]);
    } finally {
      process.env.PATH = before;
      if (kubeconfig === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = kubeconfig;
    }
  };
  let count = 0;
  const copy = (change: (at: string) => void) => {
    const at = file(`chart${++count}`);
    cpSync('examples/helm/todo-chatbot', at, { recursive: true });
    change(at);
    return at;
  };
  const edit = (at: string, change: (text: string) => string) =>
    writeFileSync(at, change(readFileSync(at, 'utf8')));

  test('the example chart keeps the contract', async () => {
    const { exitCode, stdout } = await verify('examples/helm/todo-chatbot', ...SECRETS);
    const { checks, summary, target } = JSON.parse(stdout) as Report;
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(target).toMatchObject({ context: 'chart examples/helm/todo-chatbot', release: 'todo-chatbot' });
    expect(summary).toMatchObject({ unknown: 0, pass: 33 });
    expect(exitCode).toBe(0);
  });

  test('what lookup looks for, a version that Helm presumes and an empty chart are told as what they are', async () => {
    const withLookup = copy((at) =>
      writeFileSync(
        path.join(at, 'templates/l.yaml'),
        '{{- $s := lookup "v1" "Secret" .Release.Namespace "x" }}\na: {{ $s.data.password }}\n',
      ),
    );
    const looked = await verify(withLookup, ...SECRETS);
    expect(looked.exitCode).toBe(1);
    expect(looked.stderr).toContain(
      'templates/l.yaml:2: $s.data.password is asked for, and lookup finds nothing',
    );

    const newer = copy((at) => appendFileSync(path.join(at, 'Chart.yaml'), 'kubeVersion: ">=1.30.0-0"\n'));
    expect((await verify(newer, ...SECRETS)).exitCode).toBe(0);
    const nowhere = copy((at) => appendFileSync(path.join(at, 'Chart.yaml'), 'kubeVersion: "<1.0.0"\n'));
    expect((await verify(nowhere, ...SECRETS)).stderr).toMatch(
      /Chart\.yaml: kubeVersion: <1\.0\.0 leaves out/,
    );

    const empty = copy((at) => rmSync(path.join(at, 'templates'), { recursive: true }));
    const { exitCode, stderr } = await verify(empty, ...SECRETS);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/holds no Kubernetes object\s*$/);
  });

  test('a packed chart is judged as its folder is, under the name and the values that are in it', async () => {
    const of = async (given: string) => {
      const { checks, target } = JSON.parse((await verify(given, ...SECRETS)).stdout) as Report;
      return { release: target.release, judged: checks.map(({ id, status }) => [id, status]) };
    };
    const at = copy((folder) =>
      edit(path.join(folder, 'values.yaml'), (text) => text.replace('replicaCount: 2', 'replicaCount: 3')),
    );
    execFileSync(path.join(helm ?? '', 'helm'), ['package', at, '-d', folder]);
    const packed = await of(file('todo-chatbot-1.0.0.tgz'));
    expect(packed.release).toBe('todo-chatbot');
    expect(packed).toEqual(await of(at));
  });

  test('values say what is expected, as those of an installed release do', async () => {
    const values = file('values.yaml');
    writeFileSync(values, 'backend:\n  replicaCount: 3\n');
    const { exitCode } = await verify('examples/helm/todo-chatbot', ...SECRETS, '-f', values);
    expect(exitCode).toBe(0);
  });

  test('what is wrong in a template is told with its file', async () => {
    const at = copy((folder) =>
      edit(path.join(folder, 'templates/backend-service.yaml'), (text) =>
        text.replace('targetPort:', 'targetPort: 9999 #'),
      ),
    );
    const { exitCode, stdout } = await verify(at, ...SECRETS);
    const check = (JSON.parse(stdout) as Report).checks.find(({ id }) => id === 'service/ports');
    expect(check?.remedy).toBe(`Change it in ${at}/templates/backend-service.yaml.`);
    expect(exitCode).toBe(1);
  });

  const broken: [name: string, change: (at: string) => void, says: RegExp][] = [
    ['no Chart.yaml', (at) => rmSync(path.join(at, 'Chart.yaml')), /has no Chart\.yaml/],
    [
      'Chart.yaml by .helmignore',
      (at) => writeFileSync(path.join(at, '.helmignore'), '!README.md\n'),
      /\.helmignore:1: .*leaves it out: !README\.md/,
    ],
    [
      'a nil pointer',
      (at) =>
        edit(path.join(at, 'templates/backend-deployment.yaml'), (text) =>
          text.replace('.Values.backend.replicaCount', '.Values.api.replicaCount'),
        ),
      /backend-deployment\.yaml:11: \.Values\.api\.replicaCount is asked for, and there is no \.Values\.api/,
    ],
    [
      'an undefined variable',
      (at) => edit(path.join(at, 'templates/backend-service.yaml'), (text) => `{{ $nobody }}\n${text}`),
      /backend-service\.yaml:1: the variable \$nobody is not defined/,
    ],
    [
      'wrong indentation',
      (at) =>
        edit(path.join(at, 'templates/backend-service.yaml'), (text) => text.replace('  ports:', ' ports:')),
      /backend-service\.yaml: what it renders is not YAML/,
    ],
  ];
  test.each(broken)('%s is exit code 1, with the place', async (_name, change, says) => {
    const { exitCode, stderr, stdout } = await verify(copy(change), ...SECRETS);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('helm/chart-broken');
    expect(stderr).toMatch(says);
  });

  test('a missing required value is exit code 1, and no value that was given is quoted', async () => {
    const { exitCode, stderr } = await verify('examples/helm/todo-chatbot', ...SECRETS.slice(0, 2));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/fix\s+Give it: --set backend\.secrets\.BETTER_AUTH_SECRET=…/);
    const at = copy((folder) =>
      appendFileSync(
        path.join(folder, 'templates/backend-secret.yaml'),
        '\n{{ fail (printf "not this: %s" .Values.backend.secrets.BETTER_AUTH_SECRET) }}\n',
      ),
    );
    const told = await verify(at, ...SECRETS);
    expect(told.exitCode).toBe(1);
    expect(told.stderr).toContain('not this:');
    expect(told.stderr).not.toContain('a-signing-secret');
  });

  test('what is no chart, or no values file, is wrong usage', async () => {
    for (const [given, ...more] of [
      [file('nowhere')],
      ['examples/helm/todo-chatbot', '-f', file('nobody.yaml')],
      ['examples/helm/todo-chatbot', '--set', 'a[=1'],
    ] as [string, ...string[]][])
      expect((await verify(given, ...more)).exitCode).toBe(2);
  });

  test('contract init describes what the chart would install', async () => {
    const before = process.env.PATH;
    process.env.PATH = `${helm ?? ''}${path.delimiter}${before ?? ''}`;
    try {
      const at = copy((folder) =>
        edit(path.join(folder, 'templates/backend-deployment.yaml'), (text) =>
          text.replaceAll('name: backend', 'name: api'),
        ),
      );
      const { exitCode, stdout, stderr } = await runCommand(ContractInit, [
        '--from',
        `chart=${at}`,
        ...SECRETS,
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('name: api   # written contract: backend');
      expect(stdout).not.toContain('pw-of-the-test');
    } finally {
      process.env.PATH = before;
    }
  });
});
