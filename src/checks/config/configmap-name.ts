import { configMapRef } from '../../rule/object-ref.js';
import { defineCheck, pass, skip } from '../check.js';
import { failWith } from '../shared.js';
import { nameFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'config/configmap-name',
    title: 'ConfigMap has the name that the contract gives it',
    failureTitle: 'ConfigMap has another name than the contract gives it',
    why: 'the contract’s commands name it; what is in it counts all the same',
    remedy: (context) => nameFixes(context, 'configMap'),
    severity: 'error',
    reads: ['configMap'],
    needs: ['cluster/reachable'],
    messages: { name: 'the ConfigMap is called {found}' },
    contractSection: 'Kubernetes Resources: ConfigMap',
  },
  evaluate({ configMap }, { target }) {
    if (!configMap) return skip('there is no ConfigMap of the backend');
    const { name: found } = configMap;
    const accepted = target.accepted.configMap;
    if (accepted.includes(found)) return pass(found);
    return failWith(
      'name',
      { expected: accepted.join(' or '), found, field: 'metadata.name' },
      configMapRef(target),
    );
  },
});
