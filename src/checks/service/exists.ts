import { serviceRef } from '../../rule/object-ref.js';
import { fix } from '../../rule/fix.js';
import { helmUpgrade } from '../../rule/command.js';
import { defineCheck, failUnlessEmpty } from '../check.js';
import { awaitDeletion, DELETION_MESSAGES, deletionFindings } from '../deletion.js';
import { failWith } from '../shared.js';
import { exposeCommand } from '../../fixes/service-commands.js';

export default defineCheck({
  meta: {
    id: 'service/exists',
    title: 'Service exists',
    failureTitle: 'Service is missing or being deleted',
    why: 'without it neither the frontend nor the node port leads to the backend',
    remedy: (context, findings) => [
      ...awaitDeletion(context, findings, 'service', context.target.names.service),
      fix(context.target.helm ? helmUpgrade(context) : exposeCommand(context, context.target.names.service)),
    ],
    severity: 'error',
    reads: ['service'],
    needs: ['cluster/reachable'],
    messages: { missing: 'there is no Service {name} in namespace {namespace}', ...DELETION_MESSAGES },
    contractSection: 'Kubernetes Resources: Service',
  },
  evaluate({ service }, { target }) {
    const object = serviceRef(target);
    if (service) {
      const findings = deletionFindings(object, service.metadata.deletionTimestamp);
      return failUnlessEmpty(findings, `Service ${service.metadata.name}`);
    }
    const name = target.names.service;
    const data = {
      name,
      namespace: target.namespace,
      expected: `Service ${name}`,
      found: 'none',
      field: 'metadata.name',
    };
    return failWith('missing', data, object);
  },
});
