/** How the parts of a fix are called, in every format. */
import type { Part } from '../rule/fix.js';

/** What stands before a part: what pasting it does. Words alone are of the kind of the command that they lead up to. */
export const KIND_WORDS: Record<Part['kind'], string> = {
  text: 'fix',
  look: 'look',
  fix: 'fix',
  undo: 'undo',
};

export interface LabelledPart {
  part: Part;
  /** Empty where it is that of the part before. */
  label: string;
}

/** Parts with their labels, each said once. */
export function labelled(parts: readonly Part[]): LabelledPart[] {
  let last = '';
  return parts.map((part, index) => {
    const command = parts.slice(index).find(({ kind }) => kind !== 'text');
    const own = KIND_WORDS[part.kind === 'text' ? (command?.kind ?? 'text') : part.kind];
    // Words behind a command belong to it.
    const label = (part.kind === 'text' && last !== '') || own === last ? '' : own;
    if (label !== '') last = label;
    return { part, label };
  });
}

/** For formats whose lines are `label: text`. */
export function fixLines(parts: readonly Part[]): string[] {
  return labelled(parts).flatMap(({ part, label }) => {
    const head = label === '' ? '' : `${label}: `;
    if (part.kind === 'text') return [`${head}${part.text}`];
    return [`${head}${part.command}${part.note === undefined ? '' : `   # ${part.note}`}`];
  });
}
