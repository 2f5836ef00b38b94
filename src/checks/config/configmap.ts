import { configMapRef } from '../../rule/object-ref.js';
import { text } from '../../rule/fix.js';
import { word } from '../../rule/command.js';
import type { ConfigMapFacts } from '../../evidence/evidence.js';
import { defineCheck, failUnlessEmpty, type CheckContext, type Finding, pass } from '../check.js';
import { awaitDeletion, DELETION_MESSAGES, deletionFindings, tellsDeletion } from '../deletion.js';
import { count } from '../../count.js';
import { failWith } from '../shared.js';
import { patchFields, setValues } from '../../fixes/commands.js';
import { isAbsent, isOpen } from '../../contract/open.js';

type Message = 'missing' | 'deleted' | 'key-missing' | 'key-blank' | 'value' | 'credential';

/** Keys whose values have a check of their own. */
const JUDGED_ELSEWHERE = ['ENVIRONMENT', 'LOG_LEVEL'];

export default defineCheck({
  meta: {
    id: 'config/configmap',
    title: 'ConfigMap holds the non-sensitive environment and no credentials',
    failureTitle: 'ConfigMap is not the one that the contract demands',
    why: 'a pod that references a missing key does not start, and anyone who may list ConfigMaps reads what is in them',
    remedy: (context, findings) => {
      const { backend } = context.contract;
      const name = word(context.target.names.configMap);
      const isMissing = findings.some(({ messageId }) => messageId === 'missing') || tellsDeletion(findings);
      const wrong = findings.flatMap(({ messageId, data }) =>
        messageId === 'credential' || data?.key === undefined ? [] : [String(data.key)],
      );
      const entries = Object.entries(backend.env).filter(
        ([key]) => isMissing || findings.length === 0 || wrong.includes(key),
      );
      const credentials = findings.flatMap(({ messageId, data }) =>
        messageId === 'credential' ? [String(data?.key)] : [],
      );
      const literals = entries.map(([key, value]) => ` --from-literal=${word(`${key}=${value}`)}`).join('');
      const rest = isMissing
        ? `create configmap ${name}${literals}`
        : patchFields('configmap', context.target.names.configMap, { data: Object.fromEntries(entries) });
      return [
        ...awaitDeletion(context, findings, 'configmap', context.target.names.configMap),
        ...(entries.length > 0
          ? setValues(context, rest, ...entries.map(([key, value]) => `backend.env.${key}=${value}`))
          : []),
        ...(credentials.length > 0
          ? [
              text(
                `Move ${credentials.join(' and ')} to Secret ${context.target.names.secret}, then change the value, which others may have read.`,
              ),
            ]
          : []),
      ];
    },
    severity: 'error',
    reads: ['configMap'],
    needs: ['cluster/reachable'],
    messages: {
      missing: 'there is no ConfigMap {name} in namespace {namespace}',
      ...DELETION_MESSAGES,
      'key-missing': 'key {key} is missing',
      'key-blank': 'key {key} is blank',
      value: 'key {key} is {found}',
      credential: 'key {key} holds a credential; credentials belong in the Secret',
    },
    contractSection: 'Kubernetes Resources: ConfigMap; Security Requirements: Secret Management',
  },
  evaluate({ configMap }, context) {
    const { contract, target } = context;
    const object = configMapRef(target);
    const { name, namespace = '' } = object;
    if (!configMap && isAbsent(contract, 'names.configMap')) return pass('the contract wants no ConfigMap');
    if (!configMap) {
      const data = { name, namespace, expected: `ConfigMap ${name}`, found: 'none', field: 'metadata.name' };
      return failWith('missing', data, object);
    }
    const findings: Finding<Message>[] = deletionFindings(object, configMap.deletionTimestamp);
    for (const [key, expected] of Object.entries(contract.backend.env)) {
      if (isOpen(contract, `backend.env.${key}`)) continue;
      const value = Object.hasOwn(configMap.data, key) ? configMap.data[key] : undefined;
      const field = `data.${key}`;
      if (value === undefined) {
        findings.push({ messageId: 'key-missing', data: { key, expected, found: 'absent', field }, object });
      } else if (value.trim() === '') {
        findings.push({
          messageId: 'key-blank',
          data: { key, expected, found: JSON.stringify(value), field },
          object,
        });
      } else if (
        value !== expected &&
        !JUDGED_ELSEWHERE.includes(key) &&
        !configMap.hiddenKeys.includes(key)
      ) {
        findings.push({ messageId: 'value', data: { key, expected, found: value, field }, object });
      }
    }
    for (const key of credentialKeys(configMap, context)) {
      const data = {
        key,
        expected: 'no credentials in a ConfigMap',
        found: '(value hidden)',
        field: `${Object.hasOwn(configMap.data, key) ? 'data' : 'binaryData'}.${key}`,
      };
      findings.push({ messageId: 'credential', data, object });
    }
    return failUnlessEmpty(
      findings,
      `${name}, ${count(Object.keys(configMap.data).length, 'key')}, no credentials`,
    );
  },
});

/** Keys that the contract wants in the Secret, and those whose value the reader took for a credential. */
function credentialKeys(
  { data, hiddenKeys, binaryKeys = [] }: ConfigMapFacts,
  { contract: { backend } }: CheckContext,
): string[] {
  const secret = [...backend.requiredSecretKeys, ...backend.optionalSecretKeys];
  const present = secret.filter((key) => Object.hasOwn(data, key) || binaryKeys.includes(key));
  return [...new Set([...present, ...hiddenKeys])];
}
