/** A chart rendered by the user's own Helm, as `helm install` would; nothing is asked of a cluster. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ContractError } from '../contract/errors.js';
import type { HelmRelease } from '../contract/helm-release.js';
import { parseSet } from '../contract/helm-set.js';
import { readOverlay, type Overlay } from '../contract/overlay.js';
import { readTextFile } from '../contract/read-file.js';
import { parseYaml } from '../contract/yaml-tree.js';
import { createRedactor } from '../evidence/redaction.js';
import { sanitize } from '../evidence/sanitize.js';
import { word } from '../rule/command.js';
import { explainBreakage, namedTemplate, type Breakage, type ChartFiles } from './chart-broken.js';
import type { ManifestText } from './files.js';
import { ManifestError } from './manifest-error.js';
import { planOf, renderedTexts, type Plan } from './plan.js';

export interface ChartOptions {
  /** A folder, or a packed chart. */
  chart: string;
  /** Default: the chart's name. */
  release: string | undefined;
  namespace: string | undefined;
  /** `-f` and `--set`, as Helm takes them. */
  values: readonly string[];
  sets: readonly string[];
}

/** The chart cannot be rendered: a problem was found, exit code 1. */
export class ChartError extends Error {
  override readonly name = 'ChartError';
  readonly exitCode = 1;

  constructor(
    chart: string,
    readonly breakage: Breakage,
    look: string,
  ) {
    const { place, says, fix } = breakage;
    super(
      [
        `the chart ${chart} cannot be rendered   helm/chart-broken`,
        `  ${place === undefined ? '' : `${place}: `}${says}`,
        `  fix   ${fix}`,
        `  look  ${look}`,
      ].join('\n'),
    );
  }
}

/** Milliseconds; a chart renders in a fraction of a second. */
const RENDER_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/** @throws ManifestError (2) for what is no chart, or without Helm; ChartError (1) for one that does not render */
export async function planOfChart(options: ChartOptions, signal: AbortSignal): Promise<Plan> {
  const folder = options.chart.replace(/\/+$/, '') || '/';
  const chartFile = await textOf(path.join(folder, 'Chart.yaml'));
  const files: ChartFiles = {
    folder,
    hasChartFile: chartFile !== undefined,
    helmignore: await textOf(path.join(folder, '.helmignore')),
  };
  const isPacked = chartFile === undefined && /\.t?gz$/.test(folder);
  const described = isPacked ? await packed('chart', folder, signal) : chartFile;
  const name = /^name:\s*["']?([\w.-]+)/m.exec(described ?? '')?.[1] ?? path.basename(folder);
  const release = options.release ?? name;
  const stdout = await render({ ...options, release, files }, signal);
  const plan = chartPlan(renderedTexts(stdout, folder), folder);
  return {
    ...plan,
    isChart: true,
    releaseName: release,
    release: await expectedBy(options, {
      release,
      name,
      own: await overlayOf(
        async () =>
          isPacked
            ? ((await packed('values', folder, signal)) ?? '')
            : readFile(path.join(folder, 'values.yaml'), 'utf8'),
        `${folder}/values.yaml`,
      ),
    }),
  };
}

function chartPlan(texts: readonly ManifestText[], folder: string): Plan {
  try {
    return { ...planOf(texts, `chart ${folder}`), hasLines: false };
  } catch (error) {
    if (!(error instanceof ManifestError) || !error.isOfLines) throw error;
    throw new ManifestError(`${error.message}\nLines are those of what the template renders.`);
  }
}

async function render(
  { chart, release, namespace, values, sets, files }: ChartOptions & { release: string; files: ChartFiles },
  signal: AbortSignal,
): Promise<string> {
  const more = [
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...values.flatMap((file) => ['-f', file]),
    ...sets.flatMap((set) => ['--set', set]),
  ];
  const argv = ['template', release, localPath(chart), ...more];
  const first = await helm(argv, signal);
  // Without a cluster Helm presumes a version: which it is says nothing of the chart.
  const presumed = /requires kubeVersion: [\s>=^~v]*(\d+\.\d+\.\d+)?.* which is incompatible/.exec(
    first.stderr,
  );
  const { error, stdout, stderr } =
    presumed === null ? first : await helm([...argv, '--kube-version', presumed[1] ?? TODAY], signal);
  if (error === undefined) return stdout;
  if (error === 'ENOENT')
    throw new ManifestError(
      'helm is not on the PATH, and --chart renders with it. Install it (helm.sh/docs/intro/install), or render elsewhere: ' +
        `helm template ${word(release)} ${word(chart)} | todo-k8s verify --manifests -`,
    );
  signal.throwIfAborted();
  const said = redacted(sanitize(stderr), await secretsOf(values, sets)).trim();
  if (
    /^Error: (path "[^"]*" not found|open .*no such file|failed parsing --set|.*failed to parse .*values)/.test(
      said,
    )
  )
    throw new ManifestError(said.replace(/^Error: /, 'helm: ').split('\n', 1)[0] ?? '');
  if (error !== 1)
    throw new ManifestError(`helm template ended with ${String(error)}: ${said.split('\n', 1)[0] ?? ''}`);
  const shownFiles = values.flatMap((file) => ['-f', word(file)]);
  const look = ['helm template', word(release), word(chart), ...shownFiles, '--debug'].join(' ');
  const named = namedTemplate(said);
  const template = named === undefined ? undefined : await textOf(path.join(files.folder, named));
  throw new ChartError(
    chart,
    explainBreakage(said, { ...files, ...(template !== undefined && { template }) }),
    look,
  );
}

/** A version of Kubernetes that charts of today are for. */
const TODAY = '1.35.0';

/** Of a packed chart; undefined where Helm cannot read it. */
async function packed(
  what: 'chart' | 'values',
  chart: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { error, stdout } = await helm(['show', what, localPath(chart)], signal);
  return error === undefined ? stdout : undefined;
}

/** A path that could be taken for a chart of a repository, or for an option, is none. */
function localPath(chart: string): string {
  return /^[./]/.test(chart) ? chart : `./${chart}`;
}

interface Ended {
  /** Undefined: it went well; else its exit code, or why there is none. */
  error: number | string | undefined;
  stdout: string;
  stderr: string;
}

function helm(argv: readonly string[], signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      signal,
      timeout: RENDER_TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      // Rendering asks no cluster, and needs none.
      env: { ...process.env, KUBECONFIG: os.devNull, HELM_KUBECONTEXT: '' },
    };
    execFile('helm', argv, options, (error, stdout, stderr) =>
      resolve({ error: error === null ? undefined : (error.code ?? error.signal ?? 1), stdout, stderr }),
    );
  });
}

/** What the chart's values and the user's say of the contract, as those of an installed release do. */
async function expectedBy(
  { values, sets, namespace = '' }: ChartOptions,
  { release, name, own }: { release: string; name: string; own: Overlay },
): Promise<HelmRelease> {
  const users = [
    ...(await Promise.all(values.map((file) => overlayOf(() => readTextFile(file), file)))),
    ...sets.map((set) => setOverlay(set)),
  ];
  return {
    ...{ name: release, namespace, revision: 0, status: '', description: '', deployedAt: undefined },
    chart: { name, version: '' },
    valuePaths: [],
    userValues: {
      assignments: users.flatMap(({ assignments }) => assignments),
      problems: users.flatMap(({ problems }) => problems),
    },
    chartValues: own,
  };
}

const NOTHING: Overlay = { assignments: [], problems: [] };

/** Helm has read it already; what this program does not understand of it says nothing of the contract. */
async function overlayOf(read: () => Promise<string>, source: string): Promise<Overlay> {
  try {
    return readOverlay(parseYaml(await read(), source), 'release');
  } catch {
    return NOTHING;
  }
}

function setOverlay(set: string): Overlay {
  try {
    const overlays = parseSet(set).map((tree) => readOverlay(tree, 'release'));
    return {
      assignments: overlays.flatMap(({ assignments }) => assignments),
      problems: overlays.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    if (error instanceof ContractError) return NOTHING;
    throw error;
  }
}

/** Helm's messages may quote a value that was given. */
async function secretsOf(values: readonly string[], sets: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(values.map((file) => textOf(file)));
  const scalars = texts.flatMap((text) => [...(text ?? '').matchAll(/:\s+["']?([^\s"'#][^\n"']{7,})/g)]);
  return [
    ...scalars.map(([, value = '']) => value.trim()),
    ...sets.flatMap((set) => [...set.matchAll(/=([^,]{8,})/g)].map(([, value = '']) => value)),
  ];
}

function redacted(text: string, secrets: readonly string[]): string {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor.redact(text);
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
