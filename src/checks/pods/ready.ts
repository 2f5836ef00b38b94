import { podRef } from '../../rule/object-ref.js';
import { ofComingPod } from '../../computed/change.js';
import { containerName } from '../../contract/target.js';
import type { Pod } from '../../evidence/objects.js';
import { defineCheck, failUnlessEmpty, skip, type CheckContext, type Finding } from '../check.js';
import { isActive, readyCondition } from '../../kube/pod-state.js';
import { describePod } from '../../fixes/commands.js';

type Message = 'not-ready' | 'starting' | 'contradiction';

export default defineCheck({
  meta: {
    id: 'pods/ready',
    title: 'Pods are Ready',
    failureTitle: 'Not all pods are Ready',
    why: 'a pod that is not Ready gets no traffic from the Service',
    remedy: (context, findings) => describePod(context, findings, 'Events: Readiness probe failed: …'),
    severity: 'error',
    reads: ['pods'],
    needs: ['pods/running'],
    toldWith: ['network/database-egress', 'cluster/nodes-ready'],
    messages: {
      contradiction: '{pod}: {part}, although the pod’s condition Ready is True',
      'not-ready': '{pod} is not Ready ({found}){detail}',
      starting: '{pod} is not Ready yet: it runs for {age} s, and its readiness probe begins after {delay} s',
    },
    passing: { 'not-ready': ofComingPod, starting: ofComingPod },
    contractSection: 'Deployment Verification: Check Pod Status; Health Checks: Readiness Probe',
  },
  evaluate({ pods }, { contract, now, target }) {
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    const findings: Finding<Message>[] = [];
    for (const pod of active) {
      const { name } = pod.metadata;
      const ready = readyCondition(pod);
      if (ready?.status === 'True') {
        for (const { part, found, expected, field } of contradictions(pod)) {
          const data = { pod: name, part, expected, found, field };
          findings.push({ messageId: 'contradiction', data, object: podRef(target, name) });
        }
        continue;
      }
      const statuses = pod.status?.containerStatuses ?? [];
      const count = `${statuses.filter((status) => status.ready).length}/${statuses.length}`;
      const found = [`READY ${count}`, ready?.reason].filter(Boolean).join(', ');
      const data = { pod: name, expected: 'True', found, field: "status.conditions[type='Ready'].status" };
      const start = starting(pod, containerName({ target, contract }), now);
      findings.push({
        messageId: start ? 'starting' : 'not-ready',
        data: start ? { ...data, ...start } : { ...data, detail: ready?.message ? `: ${ready.message}` : '' },
        object: podRef(target, name),
      });
    }
    return failUnlessEmpty(findings, `${active.length} of ${active.length} pods Ready`);
  },
});

interface Contradiction {
  part: string;
  expected: string;
  found: string;
  field: string;
}

/**
 * What is not ready in a pod whose condition Ready is True, which the kubelet makes of these: every container, and every
 * init container that goes on running beside them.
 */
function contradictions({ spec, status = {} }: Pod): Contradiction[] {
  const found: Contradiction[] = [];
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const [field, containers] of [
    ['containerStatuses', spec.containers],
    ['initContainerStatuses', sidecars],
  ] as const) {
    for (const { name } of containers) {
      const index = (status[field] ?? []).findIndex((each) => each.name === name);
      const part = `container ${name}`;
      if (index < 0) {
        const data = { expected: `a status of ${part}`, found: 'absent', field: `status.${field}` };
        found.push({ part: `${part} has no status`, ...data });
      } else if (status[field]?.[index]?.ready !== true) {
        const data = { expected: 'true', found: 'false', field: `status.${field}[${index}].ready` };
        found.push({ part: `${part} is not ready`, ...data });
      }
    }
  }
  const all = status.conditions?.find(({ type }) => type === 'ContainersReady');
  if (found.length === 0 && all && all.status !== 'True') {
    const field = "status.conditions[type='ContainersReady'].status";
    found.push({
      part: `condition ContainersReady is ${all.status}`,
      expected: 'True',
      found: all.status,
      field,
    });
  }
  return found;
}

/** Seconds that the container has run and that its readiness probe waits, while it still waits. */
function starting(
  pod: Pod,
  containerName: string,
  now: CheckContext['now'],
): { age: number; delay: number } | undefined {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === containerName);
  const delay = pod.spec.containers.find(({ name }) => name === containerName)?.readinessProbe
    ?.initialDelaySeconds;
  const startedAt = status?.state?.running?.startedAt;
  if (!startedAt || !delay || status.ready) return undefined;
  const age = Math.round((now - Date.parse(startedAt)) / 1000);
  return age >= 0 && age < delay ? { age, delay } : undefined;
}
