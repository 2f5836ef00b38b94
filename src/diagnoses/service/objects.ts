/** Hops: the Service itself, whom it selects, and whether any of them is ready. */
import { isActive, isReady, readyCondition } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import {
  deploymentRef,
  few,
  patchFields,
  patchSteps,
  podRef,
  pointer,
  serviceRef,
} from '../../checks/shared.js';
import type { ReportFinding } from '../../engine/report.js';
import { change, fixesFrom, see, setValues } from '../fixes.js';
import { isStarting, isYoung } from '../health/trouble.js';
import { field } from '../seen.js';
import { broken, defineHop, good, notReached, unclear, type CauseFinding, type Look } from '../tree.js';
import { helmUpgrade, kubectl, todoK8s } from '../../rule/command.js';
import { exposeCommand } from '../../checks/service-commands.js';

export const serviceHop = defineHop({
  id: 'service',
  asks: 'Is there a Service with the contract’s type and ports?',
  proves: ['service/exists'],
  reads: ['service'],
  needs: ['cluster'],
  rulesOut: ['Service type', 'node port'],
  ask({ service }, look) {
    const { context } = look;
    const { target, contract } = context;
    const object = serviceRef(target);
    const { name } = object;
    if (!service) return broken('missing', [missing(look)]);
    const findings: CauseFinding[] = [];
    const { type = 'ClusterIP' } = service.spec;
    const wanted = contract.backend.service;
    if (look.check('service/type')?.status === 'fail') {
      findings.push({
        cause: 'service/wrong-type',
        verdict: 'confirmed',
        object,
        summary: `Service ${name} is of type ${type}, and the contract has ${wanted.type}${type === 'ClusterIP' ? ': it has no port on the node, so nobody outside of the cluster reaches it' : ''}.`,
        evidence: [field(object, 'spec.type', type)],
        fix: [
          setValues(
            context,
            `Make it a Service of type ${wanted.type}.`,
            [`backend.service.type=${wanted.type}`, `backend.service.nodePort=${wanted.nodePort}`],
            patchFields('service', name, { spec: { type: wanted.type } }),
          ),
        ],
      });
    }
    for (const finding of look.check('service/ports')?.findings ?? []) {
      const found = portFinding(finding, look);
      if (found) findings.push(found);
    }
    if (findings.length > 0) return broken(findings[0]?.cause.replace('service/', '') ?? '', findings);
    const ports = (service.spec.ports ?? []).map(({ port, nodePort }) =>
      nodePort === undefined ? String(port) : `${port}:${nodePort}`,
    );
    return good(`${type} ${ports.join(', ')}`);
  },
});

function missing({ context }: Look): CauseFinding {
  const { target } = context;
  const object = serviceRef(target);
  return {
    cause: 'service/missing',
    verdict: 'confirmed',
    object,
    summary: `There is no Service ${target.accepted.service.join(' or ')} in namespace ${target.namespace}.`,
    evidence: [field(object, 'metadata.name', 'no such object')],
    fix: [
      target.helm
        ? change(
            'Helm has installed one: whoever deleted it did so by hand. An upgrade makes it again.',
            helmUpgrade(context),
          )
        : change('Make one.', exposeCommand(context, object.name)),
    ],
  };
}

/** The targetPort is told by what listens in the pods, see reach.ts. */
function portFinding({ messageId, data }: ReportFinding, look: Look): CauseFinding | undefined {
  const { context } = look;
  const { target, contract } = context;
  const { port, nodePort } = contract.backend.service;
  const object = serviceRef(target);
  const path = String(data.field ?? 'spec.ports');
  const evidence = [field(object, path, String(data.found ?? ''))];
  const seen = String(data.found ?? 'none');
  if (messageId === 'node-port') {
    return {
      cause: 'service/wrong-node-port',
      verdict: 'confirmed',
      object,
      summary: `Service ${object.name} is at node port ${seen}, and the contract’s URL leads to ${nodePort}.`,
      evidence,
      fix: [
        // Another Service may have it: who may only see this namespace cannot be told.
        see(
          `See that no other Service has node port ${nodePort}.`,
          `${kubectl(context, 'get services -A', null)} | grep ${nodePort}`,
        ),
        setValues(
          context,
          `Give it node port ${nodePort}.`,
          [`backend.service.nodePort=${nodePort}`],
          patchSteps('service', object.name, [{ op: 'add', path: pointer(path), value: nodePort }]),
        ),
      ],
    };
  }
  if (messageId !== 'none' && messageId !== 'port' && messageId !== 'protocol') return undefined;
  return {
    cause: 'service/wrong-port',
    verdict: 'confirmed',
    object,
    summary: `Service ${object.name} has ${seen === 'none' ? 'no port' : `port ${seen}`}, and not TCP ${port} as the contract has it.`,
    evidence,
    fix: fixesFrom(`Give it TCP port ${port}.`, look.check('service/ports')?.fix ?? []),
  };
}

export const selectorHop = defineHop({
  id: 'selector',
  asks: 'Does its selector match the backend’s pods, and no others?',
  proves: ['service/selector-matches'],
  reads: ['service', 'deployment'],
  needs: ['cluster'],
  rulesOut: ['selector'],
  ask({ service, deployment }, look) {
    const check = look.check('service/selector-matches');
    if (!service) return notReached('no Service');
    if (check?.status === 'blocked' || !check) return notReached('no Deployment whose pods it could select');
    if (check.status === 'unknown') return unclear(check.message);
    if (check.status === 'pass') return good(check.message);
    const { context } = look;
    const object = serviceRef(context.target);
    const pods = deploymentRef(context.target);
    const labels = deployment?.spec.template.metadata?.labels ?? {};
    const evidence = check.findings.flatMap(({ messageId, data }) => {
      const path = String(data.field ?? 'spec.selector');
      const found = String(data.found ?? '');
      const items = [field(object, path, messageId === 'empty' ? 'no selector' : found)];
      const key = String(data.key ?? '');
      if (key !== '') {
        items.push(field(pods, `spec.template.metadata.labels['${key}']`, labels[key] ?? 'absent'));
      }
      return items;
    });
    return broken('mismatch', [
      {
        cause: 'service/selector-mismatch',
        verdict: 'confirmed',
        object,
        summary: `Service ${object.name} does not select exactly the backend’s pods: ${few(check.findings.map(({ message }) => message))}.`,
        evidence,
        fix: fixesFrom('Make the selector equal the Deployment’s matchLabels.', check.fix),
      },
    ]);
  },
});

export const endpointsHop = defineHop({
  id: 'endpoints',
  asks: 'Is at least one of the selected pods ready?',
  proves: ['load-balancing/endpoints'],
  reads: ['endpoints', 'pods', 'service'],
  needs: ['cluster', 'selector'],
  rulesOut: ['pods that are not ready'],
  ask({ endpoints, pods, service }, { context }) {
    if (!service) return notReached('no Service');
    const ready = endpoints.addresses.filter((address) => address.ready && !address.terminating);
    const live = pods.filter(isActive);
    if (ready.length > 0) return good(`${ready.length} ready`);
    // What has just begun says nothing of what will come of it.
    if (live.length > 0 && live.every((pod) => isStarting(pod, { context }) || isYoung(pod, { context })))
      return notReached('the pods are starting');
    const object = serviceRef(context.target);
    const readyPods = live.filter(isReady);
    if (readyPods.length > 0) return unclear('pods are ready, and not among the endpoints yet');
    const why =
      live.length === 0
        ? 'there is no pod'
        : `none of ${count(live.length, 'pod')} is ready${live.length === 1 ? '' : `: ${few(live.map(({ metadata }) => metadata.name))}`}`;
    return broken('none ready', [
      {
        cause: 'service/no-ready-endpoints',
        verdict: 'confirmed',
        object,
        pods: live.map(({ metadata }) => metadata.name),
        summary: `Service ${object.name} selects the right pods, and ${why}: connections are refused.`,
        evidence: [
          field(object, endpoints.source, `${endpoints.addresses.length} addresses, none of them ready`),
          ...live.slice(0, 2).map((pod) => {
            const condition = readyCondition(pod);
            return field(
              podRef(context.target, pod.metadata.name),
              "status.conditions[type='Ready']",
              [condition?.status ?? 'absent', condition?.reason].filter(Boolean).join(', '),
              condition?.lastTransitionTime,
            );
          }),
        ],
        fix: [see('See why they are not ready.', todoK8s(context, 'doctor health'))],
      },
    ]);
  },
});
