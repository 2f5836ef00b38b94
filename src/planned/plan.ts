/** What would be installed: objects from manifests, and where they would go. */
import path from 'node:path';
import type { HelmRelease } from '../contract/helm-release.js';
import { readDocuments, type WrittenObject } from './documents.js';
import type { ManifestText } from './files.js';
import { ManifestError, placeText } from './manifest-error.js';
import { plannedObjects, type PlannedObject } from './objects.js';

export interface Plan {
  /** In place of a cluster's name, such as `manifests k8s/`. */
  source: string;
  objects: PlannedObject[];
  /** What is odd without being wrong. */
  notices: string[];
  /** The files are manifests, whose lines are told; those of a chart are templates. */
  hasLines: boolean;
  /** Helm would install it. */
  isChart?: boolean;
  /** Of a chart: its values, which say what is expected as those of an installed release do. */
  release?: HelmRelease;
  /** Of a chart: the release's name. */
  releaseName?: string;
}

/** Notices of one kind that are told one by one. */
const MOST_NOTICES = 5;

/**
 * @param texts of one file, or of a folder
 * @throws ManifestError
 */
export function planOf(texts: readonly ManifestText[], source: string): Plan {
  const notices: string[] = [];
  const written: WrittenObject[] = [];
  const others: string[] = [];
  for (const { file, text } of texts) {
    const documents = readDocuments(text, file);
    written.push(...documents.objects);
    others.push(...documents.others.map(({ line, says }) => `${placeText(file, line)}: ${says}`));
    const twice = documents.twice.map(
      ({ line, key }) =>
        `${placeText(file, line)}: the key ${keyText(key)} is given twice in one mapping; the last one counts`,
    );
    notices.push(...few(twice));
  }
  // A folder may hold other files, values and workflows; one file that was named is meant as a whole.
  if (texts.length === 1 && others[0] !== undefined)
    throw new ManifestError(`${others[0]}, so it is not an object of Kubernetes`);
  if (written.length === 0)
    throw new ManifestError(
      `${texts.length === 1 ? (texts[0]?.file ?? source) : source}: it holds no Kubernetes object`,
      false,
    );
  notices.push(
    ...few(
      others
        .filter((each) => !isKustomization(each.replace(/:\d+: .*$/s, '')))
        .map((each) => `${each}: left out, it is not an object of Kubernetes`),
    ),
  );
  const isKustomize = ({ apiVersion }: WrittenObject) => apiVersion.startsWith('kustomize.config.k8s.io/');
  // It needs neither kind nor apiVersion: its name says what it is.
  const kustomization =
    written.find(isKustomize)?.file ?? texts.map(({ file }) => file).find(isKustomization);
  if (kustomization !== undefined)
    notices.push(
      `${kustomization} changes these files before they are applied, and was not: kubectl kustomize DIR | todo-k8s verify --manifests -`,
    );
  const objects = plannedObjects(
    written.filter((each) => !isKustomize(each)),
    (notice) => notices.push(notice),
  );
  return { source, objects, notices, hasLines: true };
}

function isKustomization(file: string): boolean {
  return /(^|\/)kustomization\.ya?ml$/i.test(file);
}

function few(all: readonly string[]): string[] {
  const shown = all.slice(0, MOST_NOTICES);
  return all.length > shown.length
    ? [...shown, `… and ${all.length - shown.length} more of this kind`]
    : shown;
}

/** A key, unless it may be a value that stands in the wrong place. */
function keyText(key: string): string {
  return /^[\w.\-/]{1,60}$/.test(key) ? key : `of ${key.length} characters`;
}

/** What Helm writes before each document says which template it came from. */
const SOURCE = /^# Source: ([^\n\r]+)\r?$/m;

/** @returns the text of each template, under the name of its file */
export function renderedTexts(stdout: string, folder: string): ManifestText[] {
  const [before = '', ...parts] = stdout.split(SOURCE);
  const texts: ManifestText[] =
    before.replaceAll(/^---\s*$/gm, '').trim() === '' ? [] : [{ file: folder, text: before }];
  for (let index = 0; index < parts.length; index += 2) {
    const [, inside = parts[index] ?? ''] = /^[^/]+\/(.+)$/.exec(parts[index] ?? '') ?? [];
    texts.push({ file: path.posix.join(folder, inside), text: parts[index + 1] ?? '' });
  }
  return texts;
}
