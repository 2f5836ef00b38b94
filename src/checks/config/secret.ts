import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { count, failWith, helmUpgrade, secretRef } from '../shared.js';

type Message = 'missing' | 'name' | 'type' | 'key-missing' | 'key-blank';

export default defineCheck({
  meta: {
    id: 'config/secret',
    title: 'Secret is Opaque and holds every required key',
    failureTitle: 'Secret is not the one that the contract demands',
    why: 'a pod whose Secret or key is missing does not start, and one with a blank value cannot reach its database',
    remedy: (context) => {
      const { helm, names, namespace } = context.target;
      const keys = context.contract.backend.requiredSecretKeys;
      if (helm)
        return (
          helmUpgrade(context) +
          keys.map((key) => ` --set-string "backend.secrets.${key}=\${${key}:?}"`).join('')
        );
      const literals = keys.map((key) => ` --from-literal="${key}=\${${key}:?}"`).join('');
      return (
        `kubectl -n ${namespace} create secret generic ${names.secret}${literals} ` +
        `--dry-run=client -o yaml | kubectl apply -f -`
      );
    },
    severity: 'error',
    reads: ['secret'],
    needs: ['cluster/reachable'],
    messages: {
      missing: 'there is no Secret {name} in namespace {namespace}',
      name: 'the Secret is called {found}',
      type: 'type is {found}',
      'key-missing': 'key {key} is missing',
      'key-blank': 'the value of key {key} is blank',
    },
    contractSection: 'Kubernetes Resources: Secret; Security Requirements: Secret Management; Dependencies',
  },
  evaluate({ secret }, { contract, target }) {
    const object = secretRef(target);
    const { name, namespace = '' } = object;
    if (!secret) {
      const data = { name, namespace, expected: `Secret ${name}`, found: 'none', field: 'metadata.name' };
      return failWith('missing', data, object);
    }
    const findings: Finding<Message>[] = [];
    if (!target.accepted.secret.includes(name)) {
      const data = { expected: target.accepted.secret.join(' or '), found: name, field: 'metadata.name' };
      findings.push({ messageId: 'name', data, object });
    }
    if (secret.type !== 'Opaque') {
      findings.push({
        messageId: 'type',
        data: { expected: 'Opaque', found: secret.type, field: 'type' },
        object,
      });
    }
    for (const key of contract.backend.requiredSecretKeys) {
      const entry = secret.keys.find((candidate) => candidate.key === key);
      const data = { key, expected: `key ${key} with a value`, field: `data.${key}` };
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
