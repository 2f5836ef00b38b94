/** What is known of the configuration; of secrets no value. */
import type { VariableSource, Missing, EffectiveEnvironment } from '../kube/effective-environment.js';

export interface ConfigMapFacts {
  name: string;
  labels: Record<string, string>;
  /** Values of keys that look like credentials are hidden (see `hiddenKeys`). */
  data: Record<string, string>;
  /** Keys whose value looked like a credential, and was replaced; those of `binaryData`, too. */
  hiddenKeys: string[];
  /** Keys of `binaryData`, which no variable is made of. */
  binaryKeys?: string[];
  /** RFC 3339; set while it is being deleted. */
  deletionTimestamp?: string;
}

/** What todo-k8s says about a DATABASE_URL: never the URL, and a parsed field only where the parse was unambiguous. */
export interface DatabaseUrlFacts {
  /** Number of characters after decoding, before any trimming. */
  length: number;
  /** Defects in the order in which they matter; ids are those of the troubleshooting causes without `db/`. */
  problems: DatabaseUrlProblem[];
  /** Lower-case scheme as written, such as `postgresql` or `postgresql+asyncpg`. */
  scheme: string | undefined;
  /**
   * The value, as written, of the parameter that demands TLS (asyncpg's `ssl` included; libpq's `ssl=true` is
   * `require`); undefined when it is absent, or when the parse was ambiguous.
   */
  sslmode: string | undefined;
  /** How TLS is demanded: `sslmode`, or asyncpg's `ssl`. */
  sslParameter: 'sslmode' | 'ssl' | undefined;
  /** The duplicate parameters, if any (last wins). */
  duplicateParameters: string[];
  /** Names of parameters that the driver does not take, as far as they look like names. */
  refusedParameters?: string[] | undefined;
  /** Hosts and ports, only when the parse was unambiguous. */
  hosts: { host: string; port: number }[] | undefined;
  /** True when a password is present; undefined when that could not be told. */
  hasPassword: boolean | undefined;
  /** What it leaves to the driver’s defaults; absent where that could not be told. */
  leftOut?: ('user' | 'database')[];
}

export type DatabaseUrlProblem =
  | 'url-shell-line'
  | 'url-placeholder'
  | 'url-sqlite'
  | 'url-missing'
  | 'url-empty'
  | 'url-malformed'
  | 'url-whitespace'
  | 'url-quoted'
  | 'url-double-encoded'
  | 'url-unescaped'
  | 'url-scheme'
  | 'url-port'
  | 'sslmode-missing'
  | 'sslmode-weak'
  | 'sslmode-invalid'
  | 'driver-mismatch';
/** What may be known of a Secret: never a value. */
export interface SecretFacts {
  name: string;
  labels: Record<string, string>;
  type: string;
  /** Every key with the length of its decoded value, in characters; `padding` of them are white space around it. */
  keys: { key: string; length: number; blank: boolean; padding?: number }[];
  databaseUrl: DatabaseUrlFacts | undefined;
  /** Newest write to `.data`, from managedFields, when the server tells. */
  dataChangedAt: string | undefined;
  /** RFC 3339; set while it is being deleted. */
  deletionTimestamp?: string;
}

/** One variable of the backend's container. */
export interface VariableFacts {
  name: string;
  source: VariableSource;
  /** Below the container, such as `envFrom[1]`. */
  field: string;
  optional: boolean;
  /** What it replaces. */
  hides: { source: VariableSource; field: string }[];
  /** Characters of its value; undefined where that cannot be told. */
  length: number | undefined;
  blank: boolean | undefined;
  /** How many of them are white space around it; absent: none. */
  padding?: number;
}

/** What the backend's container is started with, and where each variable comes from: never a value. */
export interface EnvironmentFacts {
  variables: VariableFacts[];
  missing: Missing[];
  unread: EffectiveEnvironment['unread'];
  skippedKeys: EffectiveEnvironment['skippedKeys'];
  /** Of the effective DATABASE_URL, wherever it comes from. */
  databaseUrl: DatabaseUrlFacts | undefined;
}
