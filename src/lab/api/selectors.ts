/** labelSelector and fieldSelector of list and watch requests. */
import type { Api } from '../world.js';
import type { ResourceType } from './resources.js';
import { badRequest } from './status.js';

export type Matcher = (object: Api) => boolean;

const OPERATORS: [RegExp, (labels: Record<string, string>, key: string, values: string[]) => boolean][] = [
  [
    /^(\S+)\s+in\s+\(([^)]*)\)$/,
    (labels, key, values) => values.includes(labels[key] ?? '') && key in labels,
  ],
  [
    /^(\S+)\s+notin\s+\(([^)]*)\)$/,
    (labels, key, values) => !(key in labels) || !values.includes(labels[key] ?? ''),
  ],
  [/^([^\s!=]+)\s*!=\s*(\S*)$/, (labels, key, [value]) => labels[key] !== value],
  [/^([^\s!=]+)\s*==?\s*([^\s=]*)$/, (labels, key, [value]) => labels[key] === value],
  [
    /^([^\s><]+)\s*>\s*(-?\d+)$/,
    (labels, key, [value]) => key in labels && Number(labels[key]) > Number(value),
  ],
  [
    /^([^\s><]+)\s*<\s*(-?\d+)$/,
    (labels, key, [value]) => key in labels && Number(labels[key]) < Number(value),
  ],
  [/^!\s*(\S+)$/, (labels, key) => !(key in labels)],
  [/^([^\s!=<>()]+)$/, (labels, key) => key in labels],
];

/** @throws ApiError 400 for what is not a label selector */
export function labelMatcher(selector: string): Matcher {
  const requirements = splitTopLevel(selector).map((text) => {
    for (const [pattern, holds] of OPERATORS) {
      const match = pattern.exec(text);
      if (!match) continue;
      const [, key = '', list = ''] = match;
      const values = list.split(',').map((value) => value.trim());
      return (labels: Record<string, string>) => holds(labels, key, values);
    }
    throw badRequest(`unable to parse requirement: found '${text}'`);
  });
  return ({ metadata }) => requirements.every((holds) => holds(metadata.labels ?? {}));
}

/** @throws ApiError 400 for a field that the type cannot be selected by */
export function fieldMatcher(selector: string, type: ResourceType): Matcher {
  const requirements = selector
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((text) => {
      const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(text);
      if (!match) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
      const [, path = '', operator, value] = match;
      if (!['metadata.name', 'metadata.namespace', ...(type.fields ?? [])].includes(path)) {
        throw badRequest(`field label not supported: ${path}`);
      }
      return (object: Api) => (fieldValue(object, path) === value) === (operator !== '!=');
    });
  return (object) => requirements.every((holds) => holds(object));
}

function fieldValue(object: Api, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  // What the API leaves out compares as the empty string, and an absent boolean as false.
  if (value === undefined || value === null) return path === 'spec.unschedulable' ? 'false' : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Splits at the commas that are not inside parentheses. */
function splitTopLevel(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
