import { secretRef } from '../../rule/object-ref.js';
import { setSecretKeys } from '../../fixes/secret-command.js';
import { fix, text } from '../../rule/fix.js';
import { defineCheck, failUnlessEmpty, type Finding, pass } from '../check.js';
import { awaitDeletion, DELETION_MESSAGES, deletionFindings, tellsDeletion } from '../deletion.js';
import { count } from '../../count.js';
import { failWith } from '../shared.js';
import { isAbsent } from '../../contract/open.js';
import { comesFromSecret } from '../../computed/variable-place.js';

type Message = 'missing' | 'deleted' | 'type' | 'key-missing' | 'key-blank';

export default defineCheck({
  meta: {
    id: 'config/secret',
    title: 'Secret is Opaque and holds every required key',
    failureTitle: 'Secret is not the one that the contract demands',
    why: 'a pod whose Secret or key is missing does not start, and one with a blank value cannot reach its database',
    remedy: (context, findings) => {
      const { requiredSecretKeys } = context.contract.backend;
      const ids = findings.map(({ messageId }) => messageId);
      const wrong = findings.flatMap(({ data }) => (data?.key === undefined ? [] : [String(data.key)]));
      const isMissing = ids.includes('missing') || tellsDeletion(findings);
      const keys = requiredSecretKeys.filter(
        (key) => isMissing || findings.length === 0 || wrong.includes(key),
      );
      return [
        ...awaitDeletion(context, findings, 'secret', context.target.names.secret),
        ...(keys.length > 0
          ? [
              fix(
                setSecretKeys(context, keys, !isMissing),
                `set ${keys.join(' and ')} in your shell first`,
                keys,
              ),
            ]
          : []),
        ...(ids.includes('type')
          ? [text('A Secret keeps its type: delete it and create it again as Opaque, with all of its keys.')]
          : []),
      ];
    },
    severity: 'error',
    reads: ['secret', 'environment'],
    needs: ['cluster/reachable'],
    messages: {
      missing: 'there is no Secret {name} in namespace {namespace}',
      ...DELETION_MESSAGES,
      type: 'type is {found}',
      'key-missing': 'key {key} is missing',
      'key-blank': 'the value of key {key} is blank',
    },
    contractSection: 'Kubernetes Resources: Secret; Security Requirements: Secret Management; Dependencies',
  },
  evaluate({ secret, environment }, { contract, target }) {
    const object = secretRef(target);
    const { name, namespace = '' } = object;
    if (!secret && isAbsent(contract, 'names.secret')) return pass('the contract wants no Secret');
    if (!secret) {
      const data = { name, namespace, expected: `Secret ${name}`, found: 'none', field: 'metadata.name' };
      return failWith('missing', data, object);
    }
    const findings: Finding<Message>[] = deletionFindings(object, secret.deletionTimestamp);
    if (secret.type !== 'Opaque') {
      findings.push({
        messageId: 'type',
        data: { expected: 'Opaque', found: secret.type, field: 'type' },
        object,
      });
    }
    for (const variable of contract.backend.requiredSecretKeys) {
      const key = contract.backend.secretKeys[variable] ?? variable;
      // Another Secret's: whether it is there, the container's environment tells.
      if (key.includes('/') || isAbsent(contract, 'names.secret')) continue;
      const entry = secret.keys.find((candidate) => candidate.key === key);
      const data = { key, expected: `key ${key} with a value`, field: `data.${key}` };
      // Under another key, or in another Secret, it is there all the same: deployment/environment says so.
      if (!entry && comesFromSecret(environment, variable)) continue;
      if (!entry) findings.push({ messageId: 'key-missing', data: { ...data, found: 'absent' }, object });
      else if (entry.blank) {
        findings.push({
          messageId: 'key-blank',
          data: { ...data, found: `${count(entry.length, 'character')}, all blank` },
          object,
        });
      }
    }
    return failUnlessEmpty(findings, `${name}, Opaque, ${count(secret.keys.length, 'key')}`);
  },
});
