import { serviceRef } from '../../rule/object-ref.js';
import { fix } from '../../rule/fix.js';
import { helmUpgrade } from '../../rule/command.js';
import { defineCheck, pass } from '../check.js';
import { failWith } from '../shared.js';
import { exposeCommand } from '../../fixes/service-commands.js';

export default defineCheck({
  meta: {
    id: 'service/name',
    title: 'Service has the name that the contract gives it',
    failureTitle: 'Service has another name than the contract gives it',
    why: 'the Service’s name is its DNS name: the frontend calls the backend by it',
    remedy: (context) => [
      context.target.helm
        ? fix(
            helmUpgrade(context, 'nameOverride=null', 'fullnameOverride=null'),
            'without an override the chart gives the contract’s name',
          )
        : fix(exposeCommand(context, context.target.accepted.service[0] ?? context.target.names.service)),
    ],
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: { name: 'the Service is called {found}' },
    contractSection: 'Kubernetes Resources: Service',
  },
  evaluate(_evidence, { target }) {
    const found = target.names.service;
    const accepted = target.accepted.service;
    if (accepted.includes(found)) return pass(found);
    const data = { expected: accepted.join(' or '), found, field: 'metadata.name' };
    return failWith('name', data, serviceRef(target));
  },
});
