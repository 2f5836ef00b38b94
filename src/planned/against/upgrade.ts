/** What there is already: selectors that cannot be changed, autoscalers, and what an upgrade would do. */
import type { LabelSelector } from '../../evidence/objects.js';
import { text } from '../../rule/fix.js';
import { changesOf } from './changes.js';
import { deploymentOf, reference, type Planned, type Problem, type Rule } from './rule.js';

const SHOWN = 3;

export const UPGRADE_RULES: readonly Rule[] = [
  {
    id: 'install/selector',
    title: 'The Deployment’s selector can stay as it is',
    failureTitle: 'The Deployment’s selector would be refused',
    why: 'a selector cannot be changed once the Deployment is there, and must match the labels of its own pods',
    reads: ['deployment'],
    fix: () => [
      text(
        'Keep the old selector, or delete the Deployment first (kubectl delete deployment --cascade=orphan keeps its pods).',
      ),
    ],
    judge(planned, { deployment }) {
      const problems: Problem[] = [];
      const { selector, template } = planned.deployment.spec;
      const labels = template.metadata?.labels ?? {};
      const unmatched = Object.entries(selector.matchLabels ?? {}).find(
        ([key, value]) => labels[key] !== value,
      );
      const object = deploymentOf(planned);
      const field = 'spec.selector.matchLabels';
      if (unmatched)
        problems.push({
          message: `the selector asks for ${unmatched.join('=')}, a label that its own pods do not have`,
          object,
          data: {
            expected: unmatched.join('='),
            found: labels[unmatched[0]] ?? 'absent',
            field: 'spec.template.metadata.labels',
          },
        });
      if (deployment !== undefined && key(deployment.spec.selector) !== key(selector))
        problems.push({
          message:
            'the selector is another one than that of the Deployment that is there, and it is immutable',
          object,
          data: { expected: said(deployment.spec.selector), found: said(selector), field },
        });
      return {
        problems,
        fact: deployment === undefined ? 'the Deployment is new' : 'unchanged',
      };
    },
  },
  {
    id: 'install/autoscaler',
    title: 'Autoscaler and replicas agree',
    failureTitle: 'Autoscaler and replicas are at odds',
    why: 'replicas in the manifest are set back at each apply, whatever the autoscaler has made of them; and without CPU requests it cannot compute a utilization',
    reads: ['scalers'],
    fix: () => [
      text('Leave spec.replicas out where an autoscaler owns them, and give each container a CPU request.'),
    ],
    judge(planned, { scalers }) {
      const { name } = planned.deployment.metadata;
      const own = plannedScalers(planned);
      const all = [...own, ...scalers.filter((each) => !own.some((one) => one.name === each.name))].filter(
        ({ target }) => target === name,
      );
      const written = writtenReplicas(planned);
      const problems = all.flatMap((scaler): Problem[] => {
        const { minReplicas, maxReplicas } = scaler;
        const object = reference(planned, 'HorizontalPodAutoscaler', scaler.name);
        const found: Problem[] = [];
        if (minReplicas > maxReplicas)
          found.push({
            message: `${scaler.name} keeps at least ${minReplicas} and at most ${maxReplicas}: it is refused`,
            object,
            data: { field: 'spec.minReplicas' },
          });
        if (written !== undefined && written !== 0)
          found.push({
            message: `spec.replicas is ${written}, and ${scaler.name} keeps ${minReplicas} to ${maxReplicas}: each apply sets back what it has made of them`,
            object: deploymentOf(planned),
            data: { expected: 'no spec.replicas', found: written, field: 'spec.replicas' },
            warns: true,
          });
        const bare = planned.deployment.spec.template.spec.containers.find(
          ({ resources }) => resources?.requests?.cpu === undefined,
        );
        if (scaler.byCpu && bare)
          found.push({
            message: `${scaler.name} goes by CPU utilization, and container ${bare.name} requests no CPU: it scales nothing`,
            object: deploymentOf(planned),
            data: {
              expected: 'requests.cpu',
              found: 'none',
              field: 'spec.template.spec.containers[0].resources.requests',
            },
          });
        return found;
      });
      return {
        problems,
        fact:
          all.length === 0
            ? 'no autoscaler'
            : all.map((each) => `${each.name}: ${each.minReplicas} to ${each.maxReplicas}`).join(', '),
      };
    },
  },
  {
    id: 'install/change',
    title: 'What would change is known',
    failureTitle: 'What would change is not known',
    why: 'a change of the pod template replaces every pod, even one that nobody meant',
    reads: ['deployment'],
    fix: () => [
      text(
        'What was not meant to change differs between the manifest or chart and the cluster: set it there as the cluster has it, or accept the change.',
      ),
    ],
    judge(planned, { deployment }) {
      if (deployment === undefined) return { problems: [], fact: 'the Deployment is new' };
      const { says, restarts } = changesOf(deployment, planned.deployment);
      if (says.length === 0) return { problems: [], fact: 'nothing changes, no pod is replaced' };
      const shown = says.slice(0, SHOWN).join(', ');
      const more = says.length > SHOWN ? ` and ${says.length - SHOWN} more` : '';
      const pods = deployment.spec.replicas ?? 1;
      const effect = restarts ? `replaces ${pods === 1 ? 'the pod' : `all ${pods} pods`}` : 'replaces no pod';
      return { problems: [], fact: `${effect}: ${shown}${more}` };
    },
  },
];

function key({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return JSON.stringify([Object.entries(matchLabels).sort(), matchExpressions]);
}

function said({ matchLabels = {} }: LabelSelector): string {
  return Object.entries(matchLabels)
    .map((pair) => pair.join('='))
    .join(', ');
}

function writtenReplicas({ objects, deployment }: Planned): number | undefined {
  const own = objects.find(({ kind, name }) => kind === 'Deployment' && name === deployment.metadata.name);
  const { spec } = (own?.content ?? {}) as { spec?: { replicas?: number } };
  return spec?.replicas ?? undefined;
}

function plannedScalers({ objects }: Planned) {
  return objects.flatMap(({ kind, name, object }) => {
    if (kind !== 'HorizontalPodAutoscaler') return [];
    const { spec } = object as unknown as {
      spec: {
        scaleTargetRef: { name?: string };
        minReplicas?: number;
        maxReplicas: number;
        metrics?: { resource?: { name?: string; target?: { type?: string } } }[];
        targetCPUUtilizationPercentage?: number;
      };
    };
    const byCpu =
      spec.targetCPUUtilizationPercentage !== undefined ||
      (spec.metrics ?? []).some(
        ({ resource }) => resource?.name === 'cpu' && resource.target?.type === 'Utilization',
      );
    const { scaleTargetRef, minReplicas = 1, maxReplicas } = spec;
    return [{ name, target: scaleTargetRef.name, minReplicas, maxReplicas, byCpu }];
  });
}
