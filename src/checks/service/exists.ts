import { fix } from '../../rule/fix.js';
import { helmUpgrade } from '../../rule/command.js';
import { defineCheck, pass } from '../check.js';
import { failWith, serviceRef } from '../shared.js';
import { exposeCommand } from './_commands.js';

export default defineCheck({
  meta: {
    id: 'service/exists',
    title: 'Service exists',
    failureTitle: 'Service does not exist',
    why: 'without it neither the frontend nor the node port leads to the backend',
    remedy: (context) => [
      fix(context.target.helm ? helmUpgrade(context) : exposeCommand(context, context.target.names.service)),
    ],
    severity: 'error',
    reads: ['service'],
    needs: ['cluster/reachable'],
    messages: { missing: 'there is no Service {name} in namespace {namespace}' },
    contractSection: 'Kubernetes Resources: Service',
  },
  evaluate({ service }, { target }) {
    if (service) return pass(`Service ${service.metadata.name}`);
    const name = target.names.service;
    const data = {
      name,
      namespace: target.namespace,
      expected: `Service ${name}`,
      found: 'none',
      field: 'metadata.name',
    };
    return failWith('missing', data, serviceRef(target));
  },
});
