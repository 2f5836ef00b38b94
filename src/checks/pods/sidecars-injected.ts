import { count } from '../../count.js';
import type { Pod } from '../../evidence/objects.js';
import { isActive } from '../../kube/pod-state.js';
import { kubectl } from '../../rule/command.js';
import { fix, look } from '../../rule/fix.js';
import { podRef } from '../../rule/object-ref.js';
import { defineCheck, pass, warnUnlessEmpty, type Finding } from '../check.js';

interface Injector {
  name: string;
  /** Annotation, or label, of a pod that asks for the sidecar. */
  key: string;
  asks: RegExp;
  container: string;
}

/** Webhooks that put a container beside the application's while a pod is made, and what they are asked by. */
const INJECTORS: readonly Injector[] = [
  // dapr/dapr pkg/injector: utils.IsTruthy.
  { name: 'Dapr', key: 'dapr.io/enabled', asks: /^\s*(?:y|yes|true|t|on|1)\s*$/i, container: 'daprd' },
  { name: 'Istio', key: 'sidecar.istio.io/inject', asks: /^true$/i, container: 'istio-proxy' },
  { name: 'Linkerd', key: 'linkerd.io/inject', asks: /^(?:enabled|ingress)$/, container: 'linkerd-proxy' },
];

export default defineCheck({
  meta: {
    id: 'pods/sidecars-injected',
    title: 'Pods have the sidecars that they ask for',
    failureTitle: 'A pod runs without the sidecar that it asks for',
    why: 'requests to the sidecar, and through it, fail; a pod gets its sidecar only while it is created',
    remedy: (context, [finding]) => [
      look(
        kubectl(context, 'get mutatingwebhookconfigurations'),
        `the injector${finding?.data?.by ? ` of ${finding.data.by}` : ''} must be among them, and its pods must run`,
      ),
      fix(
        kubectl(context, `rollout restart deployment ${context.target.names.deployment}`),
        'once the injector runs',
      ),
    ],
    severity: 'warning',
    reads: ['pods'],
    needs: ['deployment/exists'],
    messages: {
      absent: '{pod} asks for the sidecar of {by} ({field}: {asked}), and has no container {expected}',
    },
    contractSection: 'Dependencies',
  },
  evaluate({ pods }, { target }) {
    const asking = pods.filter(isActive).flatMap((pod) =>
      INJECTORS.flatMap((injector) => {
        const place = whereAsked(pod, injector);
        return place === undefined ? [] : [{ pod, injector, place }];
      }),
    );
    if (asking.length === 0) return pass('no injected sidecar asked for');
    const findings = asking.flatMap(({ pod, injector, place }): Finding<'absent'>[] => {
      if (containerNames(pod).includes(injector.container)) return [];
      const data = {
        pod: pod.metadata.name,
        by: injector.name,
        asked: pod.metadata[place]?.[injector.key] ?? '',
        expected: injector.container,
        found: containerNames(pod).join(', '),
        field: `metadata.${place}['${injector.key}']`,
      };
      return [{ messageId: 'absent', data, object: podRef(target, pod.metadata.name) }];
    });
    return warnUnlessEmpty(findings, `${count(asking.length, 'sidecar')} asked for, and there`);
  },
});

/** Where the pod asks for it: an annotation, or a label. */
function whereAsked({ metadata }: Pod, { key, asks }: Injector): 'annotations' | 'labels' | undefined {
  return (['annotations', 'labels'] as const).find((place) => asks.test(metadata[place]?.[key] ?? ''));
}

/** An injected container may be an init container that stays. */
function containerNames({ spec }: Pod): string[] {
  return [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name);
}
