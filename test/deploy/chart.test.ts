/** The charts without a cluster: permissions, values, names of metrics; and, where helm is there, what they render. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { chartRules, publishRules } from '../../scripts/chart-rules.js';
import ChecksRole from '../../src/commands/checks/role.js';
import { FORMATS } from '../../src/report/outputs.js';
import { renderPrometheus } from '../../src/report/prometheus.js';
import { runCommand } from '../bundle/support.js';
import { parseExposition } from '../report/exposition.js';
import { KINDS } from '../report/html/reports.js';
import { SAMPLES } from '../report/samples.js';

const chart = path.resolve('deploy/helm/todo-k8s');
const example = path.resolve('examples/helm/todo-chatbot');
const read = (file: string, folder = chart) => readFileSync(path.join(folder, file), 'utf8');

interface Rules {
  role: object[];
  clusterRole: object[];
}

describe('permissions', () => {
  const granted = parse(read('files/rules.yaml')) as Record<string, Record<string, Rules>>;

  test('the file is what the tool’s own list says today', () => {
    expect(granted).toEqual({ ...chartRules(), publish: publishRules() });
  });

  test('verify with nothing forced is what `checks role` prints', async () => {
    const { stdout } = await runCommand(ChecksRole, []);
    const [role, clusterRole] = parseAllDocuments(stdout).map(
      (document) => document.toJS() as { rules: object[] },
    );
    expect(granted.verify?.['exec-any']).toEqual({ role: role?.rules, clusterRole: clusterRole?.rules });
    expect(parse(read('files/verify-rules.yaml', example))).toEqual(granted.verify?.['exec-any']);
  });

  test('only reads: the one verb that sounds otherwise opens a command or a tunnel', () => {
    const rules = [granted.verify ?? {}, granted.doctor ?? {}]
      .flatMap((each) => Object.values(each))
      .flatMap(({ role, clusterRole }) => [...role, ...clusterRole]) as {
      resources: string[];
      verbs: string[];
    }[];
    const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list'].includes(verb)));
    expect([...new Set(writing.flatMap(({ resources }) => resources))].sort()).toEqual([
      'pods/exec',
      'pods/portforward',
    ]);
  });

  test('without exec there is no permission for it', () => {
    for (const rules of [granted.verify ?? {}, granted.doctor ?? {}]) {
      expect(JSON.stringify(rules['no-exec-any'])).not.toContain('pods/exec');
      expect(JSON.stringify(rules['exec-any'])).toContain('pods/exec');
    }
  });
});

describe('values', () => {
  const schema = JSON.parse(read('values.schema.json')) as object;
  const accepts = new Ajv({ allErrors: true, strict: false }).compile(schema);
  const defaults = () => parse(read('values.yaml')) as Record<string, unknown>;

  test('the defaults keep the schema, and every one of them is in it', () => {
    expect(accepts(defaults())).toBe(true);
    const { properties } = schema as { properties: object };
    expect(Object.keys(properties).sort()).toEqual([...Object.keys(defaults()), 'global'].sort());
  });

  test.each<[string, object]>([
    ['a key that is not there', { contracts: {} }],
    ['another command', { command: 'collect' }],
    ['a namespace that cannot be one', { namespaces: ['Todo'] }],
    ['a namespace twice', { namespaces: ['a', 'a'] }],
    ['a namespace that is a flag', { namespaces: ['--token=x'] }],
    ['all namespaces, and some', { allNamespaces: true, namespaces: ['a'] }],
    ['all namespaces, and one release', { allNamespaces: true, release: 'x' }],
    ['a release and a Deployment', { release: 'x', deployment: 'y' }],
    ['doctor, which does not wait', { command: 'doctor', wait: '2m' }],
    ['doctor, which skips no checks', { command: 'doctor', skip: ['network'] }],
    ['a format that there is not', { outputs: ['pdf'] }],
    ['no output', { outputs: [] }],
    ['a digest that is a tag', { image: { repository: 'x', digest: '1.0' } }],
    ['an own security context, which would undo "restricted"', { securityContext: {} }],
    ['a time without a unit', { wait: '120' }],
    ['a webhook whose URL stands in a value', { publish: ['webhook=https://h/x'] }],
    ['no shard at all', { shards: 0 }],
    ['half a shard', { shards: 1.5 }],
    ['shards of which nobody hears', { shards: 4 }],
    ['shards of one release', { shards: 4, publish: ['report'], release: 'x' }],
    ['shards of doctor', { shards: 4, publish: ['report'], command: 'doctor' }],
  ])('%s is refused', (_, change) => {
    expect(accepts({ ...defaults(), ...change })).toBe(false);
  });

  test.each<[string, object]>([
    ['doctor', { command: 'doctor', strict: true }],
    ['each format', { outputs: [...FORMATS, 'json=/reports/x.json'] }],
    ['a global value of a parent chart', { global: { x: 1 } }],
    ['shards', { shards: 4, publish: ['event', 'report'], allNamespaces: true }],
    ['a contract', { contract: { backend: { replicaCount: 3 } } }],
  ])('%s is accepted', (_, change) => {
    expect(accepts({ ...defaults(), ...change })).toBe(true);
  });

  test('chart, program and image have one version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
    const values = parse(read('values.yaml', example)) as { tests: { image: { tag: string } } };
    expect(values.tests.image.tag).toBe(version);
  });
});

describe('what is shown of the metrics', () => {
  async function known(): Promise<Map<string, Set<string>>> {
    const makers = [...Object.values(SAMPLES), ...KINDS.map(([, make]) => make)];
    const reports = await Promise.all(makers.map(async (make) => make()));
    const labels = new Map<string, Set<string>>();
    for (const report of reports) {
      for (const [name, { samples }] of parseExposition(renderPrometheus(report))) {
        const found = labels.get(name) ?? new Set();
        for (const sample of samples) for (const label of Object.keys(sample.labels)) found.add(label);
        labels.set(name, found);
      }
    }
    return labels;
  }

  /** Metrics that an expression names, and the labels that it selects or groups by. */
  function named(expression: string): { metrics: string[]; labels: string[] } {
    const metrics = expression.match(/todo_k8s_[a-z0-9_]+/g) ?? [];
    const selected = [...expression.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=(?!=))\s*"/g)].map(
      ([, name = '']) => name,
    );
    const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(/,\s*/),
    );
    return { metrics, labels: [...selected, ...grouped] };
  }

  const alerts = parse(read('files/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
  };
  const dashboard = JSON.parse(read('files/dashboard.json')) as {
    panels: {
      id: number;
      title: string;
      gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
      targets: { expr: string }[];
    }[];
  };
  const expressions = [
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ alert, expr }): [string, string] => [alert, expr])),
    ...dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }): [string, string] => [title, expr]),
    ),
  ];

  test.each(expressions)('%s asks for metrics and labels that there are', async (_, expression) => {
    const there = await known();
    const { metrics, labels } = named(expression);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) {
      expect([...there.keys()]).toContain(metric);
      for (const label of labels) expect([...(there.get(metric) ?? [])]).toContain(label);
    }
  });

  test('annotations name only labels that are left', () => {
    for (const { expr, annotations } of alerts.groups.flatMap(({ rules }) => rules)) {
      const left = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(/,\s*/) ?? [];
      const used = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name);
      expect(used.length).toBeGreaterThan(0);
      for (const name of used) expect(left).toContain(name);
    }
  });

  test('no panel lies on another, and each has an id of its own', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  (promtool ? test : test.skip)('promtool accepts the alerts', () => {
    const { status, stderr } = spawnSync(
      'promtool',
      ['check', 'rules', path.join(chart, 'files/alerts.yaml')],
      {
        encoding: 'utf8',
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

const hasHelm = spawnSync('helm', ['version']).status === 0;

(hasHelm ? describe : describe.skip)('what helm renders', () => {
  interface Rendered {
    kind: string;
    metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
    spec?: Record<string, unknown>;
    rules?: object[];
    data?: Record<string, string>;
  }
  interface PodSpec {
    securityContext: object;
    containers: { image: string; args: string[]; securityContext: object }[];
  }

  function render(values: object, folder = chart): Rendered[] {
    const args = ['template', 'x', folder, '-n', 'here', '--kube-version', '1.35.0', '--values', '-'];
    const { status, stdout, stderr } = spawnSync('helm', args, {
      encoding: 'utf8',
      input: JSON.stringify(values),
    });
    if (status !== 0) throw new Error(stderr);
    return parseAllDocuments(stdout)
      .map((document) => document.toJS() as Rendered | null)
      .filter((object) => object !== null);
  }
  const names = (objects: Rendered[], kind: string) =>
    objects
      .filter((each) => each.kind === kind)
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const podOf = (object: Rendered | undefined): PodSpec => {
    const spec = object?.spec as { jobTemplate?: { spec: object }; template?: object };
    return ((spec.jobTemplate?.spec ?? spec) as { template: { spec: PodSpec } }).template.spec;
  };

  test('one CronJob, Role and account where nothing is said', () => {
    const objects = render({});
    expect(objects.map(({ kind }) => kind).sort()).toEqual(
      ['ClusterRole', 'ClusterRoleBinding', 'CronJob', 'Role', 'RoleBinding', 'ServiceAccount'].sort(),
    );
    expect(podOf(objects.find(({ kind }) => kind === 'CronJob')).containers[0]?.args).toEqual([
      'verify',
      '--namespace=here',
      '--output=text',
    ]);
  });

  test('a Job, Role and binding for each namespace, with names of their own that fit', () => {
    const long = `a${'b'.repeat(61)}c`;
    const objects = render({ mode: 'cronjob', namespaces: ['one', long], fullnameOverride: 'c'.repeat(60) });
    expect(names(objects, 'Role').map((name) => name.split('/')[0])).toEqual(['one', long]);
    const jobs = objects.filter(({ kind }) => kind === 'CronJob').map(({ metadata }) => metadata.name);
    expect(new Set(jobs).size).toBe(2);
    for (const name of jobs) expect(name.length).toBeLessThanOrEqual(52);
  });

  test.each([
    ['verify', true, '', 'exec-any'],
    ['verify', false, '', 'no-exec-any'],
    ['doctor', true, 'proxy', 'exec-proxy'],
    ['verify', true, 'port-forward', 'exec-port-forward'],
  ] as const)('%s, exec %s, via %j is granted what it needs', (command, exec, via, key) => {
    const objects = render({ command, exec, via });
    const wanted = chartRules()[command]?.[key];
    expect(objects.find(({ kind }) => kind === 'Role')?.rules).toEqual(wanted?.role);
    expect(objects.find(({ kind }) => kind === 'ClusterRole')?.rules).toEqual(wanted?.clusterRole);
  });

  test('publish: its arguments, and the permission to write a Report or an Event only where one is published', () => {
    const secret = { name: 'HOOK', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
    const objects = render({ publish: ['webhook=env:HOOK'], env: [secret] });
    const rules = (all: Rendered[]) => all.find(({ kind }) => kind === 'Role')?.rules;
    expect(rules(objects)).toEqual(chartRules().verify?.['exec-any']?.role);
    const [container] = podOf(objects.find(({ kind }) => kind === 'CronJob')).containers;
    expect(container).toMatchObject({ env: [secret] });
    expect(container?.args).toContain('--publish=webhook=env:HOOK');
    const more = chartRules().verify?.['exec-any']?.role ?? [];
    const { report, event } = publishRules();
    expect(rules(render({ publish: ['report'] }))).toEqual([...more, ...report]);
    expect(rules(render({ publish: ['event'] }))).toEqual([...more, ...event]);
  });

  test('all namespaces: everything in one ClusterRole, and no Role', () => {
    const objects = render({ allNamespaces: true });
    const wanted = chartRules().verify?.['exec-any'];
    expect(names(objects, 'Role')).toEqual([]);
    expect(objects.find(({ kind }) => kind === 'ClusterRole')?.rules).toEqual([
      ...(wanted?.role ?? []),
      ...(wanted?.clusterRole ?? []),
    ]);
  });

  test.each([
    ['all namespaces', { allNamespaces: true }, ['--all-namespaces']],
    ['one namespace', { namespaces: ['shop'] }, ['--namespace=shop', '--all-releases']],
  ])(
    'shards of %s: an Indexed Job, whose pods each take their part and fail by themselves',
    (_, where, args) => {
      for (const mode of ['cronjob', 'job']) {
        const objects = render({ ...where, mode, shards: 4, publish: ['report'] });
        const job = objects.find(({ kind }) => kind.endsWith('Job'));
        const spec = (job?.spec as { jobTemplate?: { spec: object } }).jobTemplate?.spec ?? job?.spec;
        expect(spec).toMatchObject({
          completionMode: 'Indexed',
          completions: 4,
          parallelism: 4,
          backoffLimitPerIndex: 0,
        });
        // Together with it the first that fails would end all others.
        expect(spec).not.toHaveProperty('backoffLimit');
        expect(podOf(job).containers[0]?.args.slice(0, -2)).toEqual([
          'verify',
          ...args,
          '--shard=$(JOB_COMPLETION_INDEX)/4',
        ]);
      }
    },
  );

  test.each(['cronjob', 'job'])(
    'a %s keeps Pod Security "restricted", with a root file system that is read alone',
    (mode) => {
      const pod = podOf(render({ mode }).find(({ kind }) => kind.endsWith('Job')));
      expect(pod.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.containers.map(({ securityContext }) => securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ]);
    },
  );

  test('values become arguments word by word, whatever is in them', () => {
    const hostile = '--set=x={{ .Values }} "y" $(id)';
    const objects = render({ args: [hostile], skip: ['network', 'config/*'], wait: '2m', strict: true });
    expect(podOf(objects.find(({ kind }) => kind === 'CronJob')).containers[0]?.args).toEqual([
      'verify',
      '--namespace=here',
      '--strict',
      '--wait=2m',
      '--skip=network,config/*',
      '--output=text',
      hostile,
    ]);
  });

  test('a contract comes back from its ConfigMap as it went in', () => {
    const contract = {
      backend: { replicaCount: 3, env: { LOG_LEVEL: 'INFO' } },
      accepted: [{ check: 'a/b', reason: 'x: "y"\n# z' }],
    };
    const objects = render({ contract });
    const map = objects.find(({ kind }) => kind === 'ConfigMap');
    expect(parse(map?.data?.['contract.yaml'] ?? '')).toEqual(contract);
    expect(podOf(objects.find(({ kind }) => kind === 'CronJob')).containers[0]?.args).toContain(
      '--contract=/etc/todo-k8s/contract.yaml',
    );
  });

  test('alerts and dashboard are the files, braces and all', () => {
    const objects = render({ prometheusRule: { enabled: true }, dashboard: { enabled: true } });
    expect(objects.find(({ kind }) => kind === 'PrometheusRule')?.spec).toEqual(
      parse(read('files/alerts.yaml')),
    );
    const dashboard = objects.find(({ kind }) => kind === 'ConfigMap')?.data?.['todo-k8s.json'] ?? '';
    expect(JSON.parse(dashboard)).toEqual(JSON.parse(read('files/dashboard.json')));
  });

  test('an image is taken by digest where there is one', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = (values: object) =>
      podOf(render(values).find(({ kind }) => kind === 'CronJob')).containers[0]?.image;
    expect(image({ image: { digest } })).toBe(`ghcr.io/todo-k8s/todo-k8s@${digest}`);
    expect(image({})).toBe('ghcr.io/todo-k8s/todo-k8s:0.2.0');
  });

  test('what the schema refuses is told before anything is installed', () => {
    expect(() => render({ contracts: {} })).toThrow(/contracts/);
  });

  test('the example chart: nothing for a test unless it is asked for; then one hook alone, which is the pod', () => {
    const backend = { secrets: { DATABASE_URL: 'postgresql://h/d', BETTER_AUTH_SECRET: 'x'.repeat(32) } };
    expect(render({ backend }, example).filter(({ metadata }) => metadata.name.endsWith('-verify'))).toEqual(
      [],
    );
    const objects = render({ backend, tests: { enabled: true } }, example);
    const hooks = objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(hooks.map(({ kind }) => kind)).toEqual(['Pod']);
    expect(objects.find(({ kind }) => kind === 'Role')?.rules).toEqual(
      chartRules().verify?.['exec-any']?.role,
    );
  });
});
