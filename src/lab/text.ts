/** What `lab` and `lab list` print. */
import type { Manifest } from '../evidence/bundle/manifest.js';
import type { Style } from '../report/style.js';
import { wrap } from '../report/wrap.js';
import { KUBERNETES_VERSION } from './cluster-objects.js';
import type { Scenario } from './scenario.js';

/** A scenario and its name, as `lab list -o json` prints it. */
export interface ListedScenario {
  name: string;
  title: string;
  story: string;
  expect: Scenario['expect'];
}

export interface RunningLab {
  scenario: ListedScenario;
  kubeconfigPath: string;
  /** Where the node port answers. */
  url: string;
  /** URL of the API server. */
  server: string;
}

export interface ServedBundle {
  file: string;
  manifest: Manifest;
  kubeconfigPath: string;
  server: string;
  counts: { resource: string; count: number }[];
}

const LABEL_COLUMNS = 13;

/** What is served of a bundle, and the commands to look at it with; ends with a line feed. */
export function recordedText(served: ServedBundle, style: Style): string {
  const { color, symbols } = style;
  const { file, manifest, kubeconfigPath, server, counts } = served;
  const { target, startedAt, run } = manifest;
  const field = (label: string, text: string) =>
    indented(text, LABEL_COLUMNS + 2, style).map(
      (line, index) => `  ${color.dim((index === 0 ? label : '').padEnd(LABEL_COLUMNS))}${line.trimStart()}`,
    );
  const version = manifest.server === null ? [] : [`Kubernetes ${manifest.server.version}`];
  const head = ['a bundle', ...version, 'read-only'].join(` ${symbols.separator} `);
  const objects = counts.map(({ resource, count }) => `${count} ${resource}`).join(', ');
  return [
    `${color.bold('todo-k8s lab')}   ${head}`,
    '',
    ...field('bundle', file),
    ...field('recorded', `${startedAt} by ${run.command}`),
    ...field(
      'of',
      [target.context, target.namespace, target.release ?? '']
        .filter((part) => part !== '')
        .join(` ${symbols.separator} `),
    ),
    ...field('objects', objects === '' ? 'none was read' : objects),
    ...field('API server', server),
    ...field('kubeconfig', kubeconfigPath),
    '',
    'In another terminal:',
    '',
    `  export KUBECONFIG=${shellWord(kubeconfigPath)}`,
    '  kubectl get all',
    `  kubectl logs deployment/${shellWord(target.names.deployment)}`,
    '',
    `The verdict on it: todo-k8s verify --from ${shellWord(file)}`,
    color.dim('Ctrl-C to stop'),
    '',
  ].join('\n');
}

/** What is served, and the commands to look at it with; ends with a line feed. */
export function runningText({ scenario, kubeconfigPath, url, server }: RunningLab, style: Style): string {
  const { color, symbols } = style;
  const dot = ` ${symbols.separator} `;
  const field = (label: string, values: string[]) =>
    values.map((value, index) => `  ${color.dim((index === 0 ? label : '').padEnd(LABEL_COLUMNS))}${value}`);
  // The contract's own URL needs no flag; where another lab has it, verify must be told which one is meant.
  const verify = url === 'http://localhost:30081' ? 'todo-k8s verify' : `todo-k8s verify --url ${url}`;
  return [
    `${color.bold('todo-k8s lab')}   ${[scenario.name, `Kubernetes ${KUBERNETES_VERSION}`, 'read-only'].join(dot)}`,
    '',
    `  ${color.bold(scenario.title)}`,
    ...indented(scenario.story, 2, style),
    '',
    ...field('API server', [server]),
    ...field('backend', [url]),
    ...field('kubeconfig', [kubeconfigPath]),
    ...field('verify says', expectation(scenario.expect, style)),
    '',
    'In another terminal:',
    '',
    `  export KUBECONFIG=${shellWord(kubeconfigPath)}`,
    `  ${verify}`,
    '  kubectl get pods',
    '',
    color.dim('Ctrl-C to stop'),
    '',
  ].join('\n');
}

/** Every scenario in a line or two; ends with a line feed. */
export function scenarioList(scenarios: readonly ListedScenario[], style: Style): string {
  const { color, columns } = style;
  const nameColumns = Math.max(...scenarios.map(({ name }) => name.length)) + 2;
  const beside = columns - nameColumns >= 30;
  const lines = scenarios.flatMap(({ name, title }) => {
    const [first = '', ...more] = indented(title, beside ? nameColumns : 2, style);
    if (!beside) return [color.bold(name), first, ...more];
    return [`${color.bold(name)}${first.slice(name.length)}`, ...more];
  });
  const closing = [
    `${scenarios.length} scenarios.`,
    'todo-k8s lab <scenario>            starts one, until Ctrl-C',
    'todo-k8s verify --lab=<scenario>   verifies one',
  ];
  return `${[...lines, '', ...closing].join('\n')}\n`;
}

function expectation(
  { fail = [], warn = [], unknown = [] }: Scenario['expect'],
  { color, symbols }: Style,
): string[] {
  const lines = [
    ...fail.map((id) => color.red(`${symbols.fail} ${id}`)),
    ...warn.map((id) => color.yellow(`${symbols.warn} ${id}`)),
    ...unknown.map((id) => color.magenta(`${symbols.unknown} ${id}`)),
  ];
  return lines.length > 0 ? lines : [color.green(`${symbols.pass} all checks pass`)];
}

function indented(text: string, indent: number, { columns, measure }: Style): string[] {
  return wrap(text, columns - indent, measure).map((line) => ' '.repeat(indent) + line);
}

/** As a POSIX shell must be given it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
