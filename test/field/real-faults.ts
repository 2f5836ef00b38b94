import type { FieldRow } from './render.js';

/** Checks that fail whatever a contract says: secrets in the open, and a backend that is given no database. */
export function realFaultsOf({ db, auth }: FieldRow): string[] {
  if (db === null) return ['deployment/environment', 'config/secret'];
  if (db.startsWith('envFrom configMap'))
    return ['deployment/environment', 'config/configmap', 'config/secret'];
  return db === 'literal' || auth === 'literal' ? ['deployment/no-inline-secrets'] : [];
}
