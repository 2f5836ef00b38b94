import type { Pod } from '../../evidence/objects.js';
import { defineCheck, failUnlessEmpty, skip, type CheckContext, type Finding } from '../check.js';
import { isActive, readyCondition } from '../pod-state.js';
import { describePod, podRef } from '../shared.js';

type Message = 'not-ready' | 'starting';

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
      'not-ready': '{pod} is not Ready ({found}){detail}',
      starting: '{pod} is not Ready yet: it runs for {age} s, and its readiness probe begins after {delay} s',
    },
    contractSection: 'Deployment Verification: Check Pod Status; Health Checks: Readiness Probe',
  },
  evaluate({ pods }, { contract, now, target }) {
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    const findings: Finding<Message>[] = [];
    for (const pod of active) {
      const { name } = pod.metadata;
      const ready = readyCondition(pod);
      if (ready?.status === 'True') continue;
      const statuses = pod.status?.containerStatuses ?? [];
      const count = `${statuses.filter((status) => status.ready).length}/${statuses.length}`;
      const found = [`READY ${count}`, ready?.reason].filter(Boolean).join(', ');
      const data = { pod: name, expected: 'True', found, field: "status.conditions[type='Ready'].status" };
      const start = starting(pod, contract.backend.container.name, now);
      findings.push({
        messageId: start ? 'starting' : 'not-ready',
        data: start ? { ...data, ...start } : { ...data, detail: ready?.message ? `: ${ready.message}` : '' },
        object: podRef(target, name),
      });
    }
    return failUnlessEmpty(findings, `${active.length} of ${active.length} pods Ready`);
  },
});

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
