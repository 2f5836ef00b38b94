/** The texts that a bundle is made of: evidence for programs, and copies for people. */
import type { OtherContainerLog, PreviousLog } from '../deep-facts.js';
import type { EvidenceKey, LogLine, Observed, PodLog } from '../evidence.js';
import { kubernetesObjects } from './kubernetes-objects.js';
import type { Recording } from './recorder.js';

/** Longer lists have a line for each item: indented they would be mostly blanks. */
const INDENTED_ITEMS = 60;

/** Objects of one kind that are also written as YAML; the others are in the evidence alone. */
const MAX_YAML_OBJECTS = 200;

/** Logs of containers as they run, and of their run before. */
const LOGS = [
  ['logs', '.log'],
  ['previousLogs', '.previous.log'],
] as const;

/** Characters of a part, about. */
const PART = 64 * 1024;

/** Applied to each value before it becomes text. */
export type Clean = <T>(value: T) => T;

export function evidencePath(key: EvidenceKey): string {
  return `evidence/${key}.json`;
}

/** One fact as JSON, in parts. */
export function* evidenceText(observed: Observed<unknown>, clean: Clean): Generator<string> {
  if (!observed.ok || !Array.isArray(observed.value) || observed.value.length <= INDENTED_ITEMS) {
    yield `${JSON.stringify(clean(observed), null, 2)}\n`;
    return;
  }
  const items = observed.value as unknown[];
  let part = `{"ok":true,"at":${JSON.stringify(observed.at)},"value":[\n`;
  for (const [index, item] of items.entries()) {
    part += `${JSON.stringify(clean(item))}${index < items.length - 1 ? ',' : ''}\n`;
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  yield `${part}]}\n`;
}

export interface Copy {
  path: string;
  text: () => Generator<string>;
}

/** Kubernetes objects as YAML and logs as text. */
export async function copies(recording: Recording, namespace: string, clean: Clean): Promise<Copy[]> {
  const { stringify } = await import('yaml');
  const result: Copy[] = [];
  for (const { file, objects } of kubernetesObjects(recording, namespace)) {
    result.push({
      path: `objects/${file}.yaml`,
      *text() {
        for (const object of objects.slice(0, MAX_YAML_OBJECTS))
          yield `---\n${stringify(clean(object), { lineWidth: 0, aliasDuplicateObjects: false })}`;
        const more = objects.length - MAX_YAML_OBJECTS;
        if (more > 0) yield `# ${more} more: see the evidence\n`;
      },
    });
  }
  const add = (name: string, ending: string, lines: readonly LogLine[]) =>
    result.push({
      // Longer paths would take an extended header; pods' names end in what tells them apart.
      path: `logs/${name.replace(/[^\w.-]/g, '_').slice(-80)}${ending}`,
      *text() {
        for (const { at, text } of lines) yield `${at} ${clean(text)}\n`;
      },
    });
  for (const [key, ending] of LOGS) {
    const logs = recording.get(key) as Observed<(PodLog | PreviousLog)[]> | undefined;
    for (const { pod, log } of logs?.ok ? logs.value : []) {
      if (log.ok && log.value) add(clean(pod), ending, log.value.lines);
    }
  }
  const others = recording.get('otherLogs') as Observed<OtherContainerLog[]> | undefined;
  for (const { pod, container, previous, log } of others?.ok ? others.value : []) {
    if (log.ok)
      add(`${clean(pod)}.${clean(container)}`, previous ? '.previous.log' : '.log', log.value.lines);
  }
  return result;
}
