/** The first fix that the doctor prints, pasted as it stands: whether it heals, and what else it has changed. */
import path from 'node:path';
import type { Diagnosis, Fix } from '../../../src/rule/diagnosis.js';
import type { Report } from '../../../src/engine/report.js';
import { get } from './api.js';
import { AUTH_SECRET, DATABASE_URL, PROJECT, run, until } from './cluster.js';
import type { Stage } from './stage.js';
import { complaints, type Verified } from './verify.js';

export interface Healing {
  /** The command lines. */
  pasted: string[];
  /** What was still wrong at the end; undefined: healed. */
  complaint: string | undefined;
  /** Fields that neither the fault nor its way back has to do with. */
  alsoChanged: string[];
}

/** Every field of the stage's objects that a person gives, by its path. */
export type Fields = ReadonlyMap<string, string>;

/** Commands that need more than the cluster: an image that has to be built first, a tool that this machine does not have. */
const PASTEABLE = /^(?:kubectl|helm|: "\$\{(?:DATABASE_URL|BETTER_AUTH_SECRET):\?\})/;

/** Where `./helm/todo-chatbot` is the chart. */
const WORKPLACE = path.join(PROJECT, 'examples');

/** Seconds in which pods of a healed Deployment are ready, and in which nodes have heard of it. */
const ROLLOUT = 120;
const SETTLING = 45;

/** The first fix that can be pasted here, with the steps that it says follow; empty where there is none. */
export function pasteable({ fix }: Pick<Diagnosis, 'fix'>): string[] {
  const isChange = ({ kind, command }: Fix) =>
    (kind === 'fix' || kind === 'undo') &&
    PASTEABLE.test(command ?? '') &&
    // What is the whole cluster's is not one stage's to change.
    !/ -n kube-system | label node /.test(command ?? '');
  const first = fix.findIndex(isChange);
  if (first < 0) return [];
  const follows = fix
    .slice(first + 1)
    .filter((each) => isChange(each) && /^(?:Then|And)\b/.test(each.description));
  return [fix[first], ...follows].flatMap((each) => each?.command ?? []);
}

/** @param before the fields before the fault was caused. @param within seconds that the pods may take */
export async function heal(
  stage: Stage,
  diagnosed: Verified,
  before: Fields,
  within = ROLLOUT,
): Promise<Healing | undefined> {
  const [first] = diagnosed.report.diagnoses ?? [];
  const pasted = first ? pasteable(first) : [];
  if (first === undefined || pasted.length === 0) return undefined;
  const broken = await fieldsOf(stage);
  for (const command of pasted) {
    const outcome = await run('bash', ['-c', command], {
      cwd: WORKPLACE,
      env: { DATABASE_URL, BETTER_AUTH_SECRET: AUTH_SECRET },
    });
    if (outcome.code !== 0)
      return { pasted, complaint: `exit code ${outcome.code}: ${outcome.stderr}`, alsoChanged: [] };
  }
  const complaint = await stillWrong(stage, first.cause, within);
  const after = await fieldsOf(stage);
  const caused = new Set(different(before, broken));
  return { pasted, complaint, alsoChanged: different(broken, after).filter((each) => !caused.has(each)) };
}

/** What the doctor still says when the pods have had their time; undefined where it says that all is well. */
async function stillWrong(stage: Stage, cause: string, within: number): Promise<string | undefined> {
  let said = '';
  const isHealed = async () => {
    const { report, code } = await stage.doctor();
    said = whatIsLeft(report, cause);
    return code === 0 && said === '';
  };
  try {
    await until('a complete rollout', within, () => stage.isRolledOut());
    await until('a doctor who is content', SETTLING, isHealed);
    return undefined;
  } catch (error) {
    return said === '' ? String(error) : said;
  }
}

function whatIsLeft(report: Report, cause: string): string {
  const left = (report.diagnoses ?? []).filter(
    (each) => each.severity === 'error' || (each.cause === cause && !each.summary.includes('recovered ')),
  );
  const causes = left.map((each) => `${each.verdict} ${each.cause}: ${each.summary}`);
  return left.length === 0 ? '' : [...causes, complaints(report)].join('\n');
}

function different(a: Fields, b: Fields): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((each) => a.get(each) !== b.get(each)).sort();
}

/** Written by controllers, by Helm for each upgrade, or by kubectl for a restart. */
const NOT_GIVEN =
  /\/(?:status|managedFields|resourceVersion|generation|uid|creationTimestamp)(?:\/|$)|deployment\.kubernetes\.io\/revision|checksum\/|restartedAt|last-applied-configuration/;

const KINDS: readonly [api: string, kind: string][] = [
  ['/apis/apps/v1', 'deployments'],
  ['/api/v1', 'services'],
  ['/api/v1', 'configmaps'],
  ['/api/v1', 'secrets'],
];

export async function fieldsOf({ namespace }: Stage): Promise<Fields> {
  const found = new Map<string, string>();
  const visit = (value: unknown, at: string): void => {
    if (NOT_GIVEN.test(at)) return;
    if (typeof value !== 'object' || value === null) found.set(at, String(value));
    else for (const [key, inner] of Object.entries(value)) visit(inner, `${at}/${key}`);
  };
  for (const [api, kind] of KINDS) {
    const { items } = await get<{ items: { metadata: { name: string }; type?: string }[] }>(
      `${api}/namespaces/${namespace}/${kind}`,
    );
    for (const item of items) {
      if (item.type !== 'helm.sh/release.v1') visit(item, `${kind}/${item.metadata.name}`);
    }
  }
  return found;
}
