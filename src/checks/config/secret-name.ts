import { secretRef } from '../../rule/object-ref.js';
import { defineCheck, pass, skip } from '../check.js';
import { failWith } from '../shared.js';
import { nameFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'config/secret-name',
    title: 'Secret has the name that the contract gives it',
    failureTitle: 'Secret has another name than the contract gives it',
    why: 'the contract’s commands name it; what is in it counts all the same',
    remedy: (context) => nameFixes(context, 'secret'),
    severity: 'error',
    reads: ['secret'],
    needs: ['cluster/reachable'],
    messages: { name: 'the Secret is called {found}' },
    contractSection: 'Kubernetes Resources: Secret',
  },
  evaluate({ secret }, { target }) {
    if (!secret) return skip('there is no Secret of the backend');
    const { name: found } = secret;
    const accepted = target.accepted.secret;
    if (accepted.includes(found)) return pass(found);
    return failWith(
      'name',
      { expected: accepted.join(' or '), found, field: 'metadata.name' },
      secretRef(target),
    );
  },
});
