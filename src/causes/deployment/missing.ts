import { installFixes } from '../../fixes/commands.js';
import { deploymentRef } from '../../rule/object-ref.js';
import { COMPONENT, COMPONENT_LABEL } from '../../contract/name-forms.js';
import { change, fixesFrom, see } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { helm, kubectl } from '../../rule/command.js';

export default cause({
  id: 'deployment/missing',
  topic: 'pods',
  title: 'There is no Deployment',
  severity: 'error',
  why: 'without it nothing runs the backend',
  seen: 'no Deployment under the names that the contract accepts',
  remedy: 'install the chart: helm upgrade --install',
  explains: ['*'],
  reads: ['deployment'],
  judge({ deployment }, { context }) {
    if (deployment) return [];
    const { target } = context;
    const object = deploymentRef(target);
    const { revision, status } = target.helm ?? {};
    if (status === 'uninstalled' && revision !== undefined)
      return [
        {
          verdict: 'confirmed',
          object,
          summary: `There is no Deployment ${target.names.deployment} in namespace ${target.namespace}: its Helm release was uninstalled, and only its history was kept.`,
          evidence: [field(object, 'metadata.name', 'no such object')],
          fix: [
            change(
              `Roll back to revision ${revision}, which it had then: Helm makes everything of it again.`,
              helm(context, 'rollback', String(revision)),
            ),
          ],
        },
      ];
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `There is no Deployment ${target.names.deployment} in namespace ${target.namespace}.`,
        evidence: [field(object, 'metadata.name', 'no such object')],
        fix: [
          see(
            'See whether it is elsewhere.',
            kubectl(context, `get deployments -A -l ${COMPONENT_LABEL}=${COMPONENT}`, null),
          ),
          ...fixesFrom(
            target.helm
              ? 'Helm installed it, and it was deleted by hand. An upgrade creates it again.'
              : 'Install the chart.',
            installFixes(context),
          ),
        ],
      },
    ];
  },
});
