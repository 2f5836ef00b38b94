/** The shapes of the facts about configuration. */
import type { VariableSource } from '../../kube/effective-environment.js';
import { URL_PROBLEMS } from '../database-url.js';
import type {
  ConfigMapFacts,
  DatabaseUrlFacts,
  EnvironmentFacts,
  SecretFacts,
  VariableFacts,
} from '../evidence.js';
import { aText, byName, texts, anAmount, aNumber, all, aFlag } from './fact-parts.js';
import { object, list, text, time, need, oneOf, flag, amount, tagged } from './shape.js';

export const configMap = object<ConfigMapFacts>({
  name: aText,
  labels: byName,
  data: byName,
  hiddenKeys: texts,
  binaryKeys: list(text),
  deletionTimestamp: time,
});
const databaseUrl = object<DatabaseUrlFacts>({
  length: anAmount,
  problems: need(list(oneOf(...URL_PROBLEMS))),
  scheme: text,
  sslmode: text,
  sslParameter: oneOf('sslmode', 'ssl'),
  duplicateParameters: texts,
  refusedParameters: list(text),
  hosts: list(object<{ host: string; port: number }>({ host: aText, port: aNumber })),
  hasPassword: flag,
  leftOut: list(oneOf('user', 'database')),
});

export const secret = object<SecretFacts>({
  name: aText,
  labels: byName,
  type: aText,
  keys: all<SecretFacts['keys'][number]>({ key: aText, length: anAmount, blank: aFlag, padding: amount }),
  databaseUrl,
  dataChangedAt: text,
  deletionTimestamp: time,
});
const sourceKind = need(oneOf('ConfigMap', 'Secret'));
/** Where a variable comes from. */
export const variableSource = tagged<VariableSource>('from', [
  [
    ['ConfigMap', 'Secret'],
    object<Extract<VariableSource, { key: string }>>({ from: sourceKind, name: aText, key: aText }),
  ],
  [
    ['template'],
    object<Extract<VariableSource, { from: 'template' }>>({ from: need(oneOf('template')), uses: texts }),
  ],
  [['pod'], object<Extract<VariableSource, { from: 'pod' }>>({ from: need(oneOf('pod')) })],
]);

export const environment = object<EnvironmentFacts>({
  variables: all<VariableFacts>({
    name: aText,
    source: need(variableSource),
    field: aText,
    optional: aFlag,
    hides: all<VariableFacts['hides'][number]>({ source: need(variableSource), field: aText }),
    length: amount,
    blank: flag,
    padding: amount,
  }),
  missing: all<EnvironmentFacts['missing'][number]>({
    kind: sourceKind,
    name: aText,
    key: text,
    field: aText,
    optional: aFlag,
    variable: text,
  }),
  unread: all<EnvironmentFacts['unread'][number]>({ kind: sourceKind, name: aText, field: aText }),
  skippedKeys: all<EnvironmentFacts['skippedKeys'][number]>({
    kind: sourceKind,
    name: aText,
    key: aText,
    field: aText,
  }),
  databaseUrl,
});
