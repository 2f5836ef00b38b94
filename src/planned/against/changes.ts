/** What an upgrade changes of a Deployment, and whether its pods are replaced for it. */
import type { Deployment } from '../../evidence/objects.js';
import { sameQuantity } from '../../kube/quantity.js';

export interface Changes {
  /** `spec.template.spec.containers[0].image: todo:1 → todo:2`; values only where they are no variable's. */
  says: string[];
  /** The pod template is another one. */
  restarts: boolean;
}

/** Fields that the server fills in, or that a restart writes. */
const IGNORED =
  /(^|\.)(creationTimestamp|terminationMessagePath|restartedAt|kubectl\.kubernetes\.io.*|hidden)$/;
/** Values that may be secret. */
const SECRET = /\.(env|command|args|annotations|httpHeaders)\b/;
const MOST = 100;

/** Both as this program reads them, with the API server's defaults. */
export function changesOf(there: Deployment, planned: Deployment): Changes {
  const says: string[] = [];
  compare(there.spec.template, planned.spec.template, 'spec.template', says);
  const restarts = says.length > 0;
  if ((there.spec.replicas ?? 1) !== (planned.spec.replicas ?? 1))
    says.push(`spec.replicas: ${there.spec.replicas ?? 1} → ${planned.spec.replicas ?? 1}`);
  compare(there.spec.strategy ?? {}, planned.spec.strategy ?? {}, 'spec.strategy', says);
  return { says, restarts };
}

function compare(a: unknown, b: unknown, path: string, says: string[]): void {
  if (says.length >= MOST || IGNORED.test(path) || isSame(a, b)) return;
  // Of a bundle: the recorder has hidden it, and whether it is another one nobody can say.
  if (typeof a === 'string' && /\(value hidden, \d+ characters?\)/.test(a)) return;
  if (isTree(a) && isTree(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(a[key], b[key], Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`, says);
    return;
  }
  if (isEmpty(a) && isEmpty(b)) return;
  says.push(SECRET.test(path) ? `${path} changes` : `${path}: ${shown(a)} → ${shown(b)}`);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'string' && typeof b === 'string' && sameQuantity(a, b));
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What is not there, and what there is nothing in, are the same to the API server. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 0 ||
    value === '' ||
    value === false ||
    (isTree(value) && Object.values(value).every(isEmpty))
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (isTree(value)) return '…';
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80);
}
