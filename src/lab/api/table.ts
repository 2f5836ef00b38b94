/** How objects are sent: whole, as a Table for `kubectl get`, or as metadata alone (content negotiation of the API). */
import type { Api } from '../world.js';
import { ageColumn, COLUMNS, EVENT_COLUMNS, nameColumn, type Column } from './columns.js';
import { apiVersion, qualified, type ResourceType } from './resources.js';

export type Form = 'object' | 'table' | 'metadata';

/** The first form in the Accept header that the lab can send. */
export function negotiate(accept: string): Form {
  for (const part of accept.split(',')) {
    if (/;\s*as=Table\b/.test(part) && /v=v1\b/.test(part)) return 'table';
    if (/;\s*as=PartialObjectMetadata(List)?\b/.test(part)) return 'metadata';
    if (/^\s*(application\/json|\*\/\*)\s*(;q=[\d.]+)?\s*$/.test(part)) return 'object';
  }
  return 'object';
}

export interface TableOptions {
  now: number;
  /** What each row carries of its object: `None`, `Metadata` (the default) or `Object`. */
  includeObject: string;
  /** Watch events leave the definitions out after the first. */
  definitions?: boolean;
}

/** A meta.k8s.io/v1 Table. @param metadata of the list, or of the object */
export function table(
  type: ResourceType,
  objects: readonly Api[],
  metadata: object,
  options: TableOptions,
): object {
  const { now, includeObject, definitions = true } = options;
  const columns = columnsOf(type);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: definitions ? columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      ...(includeObject === 'None' ? {} : { object: includeObject === 'Object' ? object : partial(object) }),
    })),
  };
}

/** A meta.k8s.io/v1 PartialObjectMetadata. */
export function partial({ metadata }: Api): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** The list of a type, whole or as metadata. */
export function listOf(type: ResourceType, objects: readonly Api[], metadata: object, form: Form): object {
  if (form === 'metadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: objects.map(partial),
    };
  }
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersion(type),
    metadata,
    // As in a real list, kind and version are said once, for the list.
    items: objects.map((object) => ({ ...object, kind: undefined, apiVersion: undefined })),
  };
}

function columnsOf(type: ResourceType): Column[] {
  const name = qualified(type);
  if (name === 'events') return EVENT_COLUMNS;
  return [nameColumn(), ...(COLUMNS[name] ?? [ageColumn()])];
}

function definition({ name, priority }: Column): object {
  const numeric = ['Data', 'Desired', 'Current', 'Up-to-date', 'Available', 'Count', 'Secrets'].includes(
    name,
  );
  return {
    name,
    type: numeric ? 'integer' : 'string',
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority,
  };
}
