/** The effective contract: the written one with overlays over it, and where each of its values comes from. */
import { dirname, resolve as resolvePath } from 'node:path';
import { deepFreeze } from '../engine/freeze.js';
import { DEFAULT_CONTRACT, type Contract } from './contract.js';
import { ContractError, formatPlace, type Place, type Problem } from './errors.js';
import type { HelmRelease } from './helm-release.js';
import { overlayNotices, readOverlay, type Assignment, type Overlay } from './overlay.js';
import type { Tree } from './tree.js';
import { apply, formatPath, leaves, startsWith, type Path } from './paths.js';

/** Where a value of the contract comes from. */
export interface Origin {
  layer: 'default' | 'release' | 'values' | 'contract' | 'set';
  /** Such as `contract default`, `Helm release todo-chatbot revision 3`, `values.yaml:12`, `--set`. */
  text: string;
}

export interface ResolvedContract {
  /** Frozen. */
  contract: Contract;
  /** By path (`backend.service.port`), one for each value; lists count as one value. */
  origins: ReadonlyMap<string, Origin>;
  /** What the installed release says that the contract cannot hold: no reason to stop, but to be told. */
  notices: string[];
}

export interface ContractSources {
  /** What the overlays are laid over; the written contract when undefined. */
  base?: Pick<ResolvedContract, 'contract' | 'origins'>;
  /** The installed release, decoded. */
  helmRelease?: HelmRelease;
  /** Helm values files (`--values`), in order. */
  valuesFiles: readonly string[];
  /** A contract file (`--contract`), which may be partial. */
  contractFile?: string;
  /** `--set` texts, in order. */
  sets: readonly string[];
}

interface Layer {
  name: Exclude<Origin['layer'], 'default'>;
  overlay: Overlay;
  source: Place;
  originText: (place: Place) => string;
}

const DEFAULT_ORIGIN: Origin = { layer: 'default', text: 'contract default' };

/**
 * Lays the overlays over the written contract; later ones win: the installed release, values files, the contract
 * file, --set. What the installed release holds wrongly is a notice; what the user passed wrongly is an error.
 * @throws ContractError with every problem of every file
 */
export async function resolveContract(sources: ContractSources): Promise<ResolvedContract> {
  const problems: Problem[] = [];
  const layers: Layer[] = [];
  const attempt = async (load: () => Promise<Layer[]>): Promise<void> => {
    try {
      layers.push(...(await load()));
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      problems.push(...error.problems);
    }
  };
  for (const path of sources.valuesFiles) await attempt(() => fileLayer(path, 'values'));
  const { contractFile } = sources;
  if (contractFile !== undefined) await attempt(() => fileLayer(contractFile, 'contract'));
  for (const text of sources.sets) await attempt(() => setLayers(text));
  for (const layer of layers) problems.push(...layer.overlay.problems, ...(await judge(layer)));
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ContractError([first, ...rest]);

  const released = await releaseLayers(sources.helmRelease);
  return { ...merge([...released.layers, ...layers], sources.base), notices: released.notices };
}

async function fileLayer(path: string, name: 'values' | 'contract'): Promise<Layer[]> {
  const [{ readTextFile }, { parseYaml }] = await Promise.all([
    import('./read-file.js'),
    import('./yaml-tree.js'),
  ]);
  const tree = parseYaml(await readTextFile(path), path);
  const wrapped = name === 'contract' ? wrappedContract(tree) : undefined;
  if (wrapped?.kind === 'scalar' && typeof wrapped.value === 'string')
    return fileLayer(resolvePath(dirname(path), wrapped.value), name);
  if (wrapped !== undefined)
    return [{ name, overlay: readOverlay(wrapped, name), source: { source: path }, originText: formatPlace }];
  return [{ name, overlay: readOverlay(tree, name), source: { source: path }, originText: formatPlace }];
}

/** Keys of a project's file: `defaults` are the command line's (cli/defaults.ts). */
export const PROJECT_KEYS = ['contract', 'defaults'];

/**
 * What stands under `contract:` in a project's file: the contract itself, or the path of it.
 * @throws ContractError for other keys beside it, which have no meaning
 */
function wrappedContract(tree: Tree): Tree | undefined {
  if (tree.kind !== 'map') return undefined;
  const isProjects = tree.entries.some(({ key }) => PROJECT_KEYS.includes(key));
  if (!isProjects) return undefined;
  const other = tree.entries.find(({ key }) => !PROJECT_KEYS.includes(key));
  if (other !== undefined)
    throw new ContractError([
      { place: other.place, key: other.key, message: `unknown key; expected ${PROJECT_KEYS.join(' or ')}` },
    ]);
  const entry = tree.entries.find(({ key }) => key === 'contract');
  // A file that has nothing but defaults says nothing of the contract.
  return entry?.value ?? { kind: 'map', entries: [], place: tree.place };
}

async function setLayers(text: string): Promise<Layer[]> {
  const { parseSet } = await import('./helm-set.js');
  return parseSet(text).map((tree) => ({
    name: 'set',
    overlay: readOverlay(tree, 'set'),
    source: tree.place,
    originText: () => '--set',
  }));
}

/** The chart's values and the user's over them, without what the schema refuses. */
async function releaseLayers(
  release: HelmRelease | undefined,
): Promise<{ layers: Layer[]; notices: string[] }> {
  const layers: Layer[] = [];
  const notices: string[] = [];
  // What the chart itself has is a key of its own, however much it looks like one of the written contract's.
  const own = new Set(
    release?.chartValues.problems.filter(({ isUnknown }) => isUnknown).map(({ key }) => key),
  );
  for (const overlay of release === undefined ? [] : [release.chartValues, release.userValues]) {
    const problems = overlay.problems.filter(({ isUnknown, key }) => isUnknown !== true || !own.has(key));
    const layer: Layer = {
      name: 'release',
      overlay,
      source: { source: 'Helm release' },
      originText: ({ source }) => source,
    };
    const refused = await judge(layer);
    notices.push(...overlayNotices({ ...overlay, problems: [...problems, ...refused] }));
    const keys = new Set(refused.map((problem) => problem.key));
    const assignments = overlay.assignments.filter((assignment) => !keys.has(assignment.key));
    layers.push({ ...layer, overlay: { ...overlay, assignments } });
  }
  return { layers, notices };
}

/**
 * Each overlay is held against the schema by itself, so that a fault is reported even where a later overlay hides it.
 * The schema is loaded only when the overlay changes something: an installed release usually says what the contract says.
 */
async function judge({ overlay, source }: Layer): Promise<Problem[]> {
  const candidate = structuredClone(DEFAULT_CONTRACT);
  for (const assignment of overlay.assignments) apply(candidate, assignment);
  if (JSON.stringify(candidate) === JSON.stringify(DEFAULT_CONTRACT)) return [];
  const { validate } = await import('./validate.js');
  return validate(candidate, overlay.assignments, source);
}

function merge(
  layers: readonly Layer[],
  base: ContractSources['base'],
): Pick<ResolvedContract, 'contract' | 'origins'> {
  const contract = structuredClone(base?.contract ?? DEFAULT_CONTRACT);
  const written: { path: Path; origin: Origin }[] = [];
  for (const layer of layers) {
    for (const assignment of layer.overlay.assignments) {
      apply(contract, assignment);
      written.push({ path: assignment.path, origin: originOf(layer, assignment) });
    }
  }
  const origins = new Map<string, Origin>();
  for (const { path } of leaves(contract)) {
    const last = written.findLast((each) => startsWith(path, each.path));
    const key = formatPath(path);
    origins.set(key, last?.origin ?? base?.origins.get(key) ?? DEFAULT_ORIGIN);
  }
  return { contract: deepFreeze(contract), origins };
}

/** A null takes a value back, so that it is the contract's own again. */
function originOf(layer: Layer, { value, mark, place }: Assignment): Origin {
  return value === undefined && mark === undefined
    ? DEFAULT_ORIGIN
    : { layer: layer.name, text: layer.originText(place) };
}
