import { defineCheck, type Finding } from '../check.js';
import { isActive } from '../pod-state.js';
import { conclude, count, podRef } from '../shared.js';
import { readDatabaseLog } from './_database-log.js';
import { ofPod } from '../../computed/of-pod.js';

type Message = 'error' | 'never-connected' | 'recovered' | 'gap';

export default defineCheck({
  meta: {
    id: 'functional/database-logs',
    title: 'Every pod’s log shows a database connection and no error since',
    failureTitle: 'A pod’s log shows database trouble',
    why: 'a pod that has lost its database fails its health check and drops out of the Service',
    remedy: ({ contract, target }, findings) => {
      const pod = findings[0]?.object?.name;
      const which = pod ?? `deployment/${target.names.deployment} --all-pods=true`;
      const { name } = contract.backend.container;
      return `kubectl -n ${target.namespace} logs ${which} -c ${name} --timestamps | grep -i database`;
    },
    severity: 'error',
    reads: ['pods', 'logs'],
    needs: ['pods/running'],
    toldWith: ['network/database-egress'],
    messages: {
      error: '{pod} at {at}: {found}',
      'never-connected': '{pod} has not logged a database connection since it started',
      recovered: '{pod} logged {number} before it connected at {connected}; the last at {at}: {found}',
      gap: '{pod} connected at {connected}; {number} of its log was too long to be read whole',
    },
    contractSection: 'Functional Verification; Database Connectivity: Connection Validation',
  },
  evaluate({ pods, logs }, { contract, target }) {
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const unclear: string[] = [];
    let connected = 0;
    for (const { metadata } of pods.filter(isActive)) {
      const pod = metadata.name;
      const log = ofPod(logs, pod)?.log;
      if (!log?.ok) {
        unclear.push(`the log of ${pod} could not be read${log ? ` (${log.detail})` : ''}`);
        continue;
      }
      const object = podRef(target, pod);
      const expected = 'a successful connection, no error since';
      const seen = readDatabaseLog(log.value.lines, contract.database);
      const error = seen.lastError && { pod, expected, found: seen.lastError.quote, at: seen.lastError.at };
      if (error && !seen.recovered) {
        failures.push({ messageId: 'error', data: error, object });
      } else if (!seen.connectedAt && log.value.fromStart && !log.value.gap) {
        failures.push({
          messageId: 'never-connected',
          data: { pod, expected, found: 'no line about a connection' },
          object,
        });
      } else if (!seen.connectedAt) {
        unclear.push(
          log.value.lines.length === 0
            ? `the log of ${pod} is empty`
            : `the log of ${pod} has no line about a connection, and its beginning is no longer there`,
        );
      } else {
        connected += 1;
        const data = { pod, expected, connected: seen.connectedAt };
        if (error) {
          warnings.push({
            messageId: 'recovered',
            data: { ...data, ...error, number: count(seen.errors, 'error') },
            object,
          });
        }
        if (log.value.gap)
          warnings.push({
            messageId: 'gap',
            data: { ...data, number: 'the middle', found: 'a log with a gap' },
            object,
          });
      }
    }
    if (connected === 0 && failures.length + unclear.length === 0)
      unclear.push('there is no pod whose log could be read');
    return conclude(
      { failures, warnings, unclear },
      `connected in ${count(connected, 'pod')}, no errors since`,
    );
  },
});
