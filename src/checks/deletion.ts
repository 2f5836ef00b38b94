/** An object that is being deleted is still there, and read as if it were to stay. */
import { kubectl, word } from '../rule/command.js';
import { look, type Part } from '../rule/fix.js';
import type { CheckContext, Finding, ObjectRef } from './check.js';

/** Messages for `deletionFindings`. */
export const DELETION_MESSAGES = { deleted: '{kind} {name} is being deleted, since {found}' };

/** One finding when the object is being deleted. @param deletionTimestamp RFC 3339, of its metadata */
export function deletionFindings(
  { kind, name, namespace }: ObjectRef,
  deletionTimestamp: string | undefined,
): Finding<'deleted'>[] {
  if (deletionTimestamp === undefined) return [];
  const data = {
    kind,
    name,
    expected: 'absent',
    found: deletionTimestamp,
    field: 'metadata.deletionTimestamp',
  };
  return [{ messageId: 'deleted', data, object: { kind, namespace, name } }];
}

/** Whether one of the findings is that. */
export function tellsDeletion(findings: readonly Finding[]): boolean {
  return findings.some(({ messageId }) => messageId === 'deleted');
}

/** What comes before the object can be made again; nothing unless it is being deleted. @param kind such as `service` */
export function awaitDeletion(
  context: CheckContext,
  findings: readonly Finding[],
  kind: string,
  name: string,
): Part[] {
  if (!tellsDeletion(findings)) return [];
  return [
    look(
      kubectl(context, `wait --for=delete ${kind}/${word(name)} --timeout=120s`),
      'a deletion cannot be taken back; what holds it up is in metadata.finalizers',
    ),
  ];
}
