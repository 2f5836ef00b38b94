/** The schema as text: its JSON Schema, and a commented file for people to begin with. */
import { z } from 'zod';
import { DEFAULT_CONTRACT } from './contract.js';
import { isMapping, type Path } from './paths.js';
import { ContractSchema } from './schema.js';
import { contractYaml } from './yaml-text.js';

export interface FieldDescription {
  description: string;
  /** Heading of the written contract. */
  section: string;
}

/** JSON Schema (draft 2020-12) of a contract file; every field may be left out. */
export function contractJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(ContractSchema, { io: 'input', target: 'draft-2020-12' });
}

/** What a field or a group of fields means; undefined where a key is the user's own, as in `backend.env`. */
export function describeField(path: Path, schema = contractJsonSchema()): FieldDescription | undefined {
  const found = path.reduce<unknown>(
    (node, key) => (isMapping(node) && isMapping(node.properties) ? node.properties[key] : undefined),
    schema,
  );
  if (!isMapping(found)) return undefined;
  const { description, section } = found;
  return typeof description === 'string' && typeof section === 'string'
    ? { description, section }
    : undefined;
}

const HEADER = `Contract of the todo chatbot's backend deployment, for todo-k8s --contract.
Every key may be left out: the written contract's value, which stands here, is used then.
Check the result with: todo-k8s contract show --contract <this file>`;

/** A contract file that holds the written contract, each field with its meaning and, where it changes, its section. */
export function commentedContract(): string {
  const schema = contractJsonSchema();
  return contractYaml(DEFAULT_CONTRACT, {
    header: HEADER,
    above: (path) => {
      const field = describeField(path, schema);
      if (field === undefined) return undefined;
      const isParents = describeField(path.slice(0, -1), schema)?.section === field.section;
      return isParents ? field.description : `${field.description} (${field.section})`;
    },
  });
}
