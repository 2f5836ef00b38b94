import { unasked } from '../../computed/database-given.js';
import { podRef } from '../../rule/object-ref.js';
import { look, text } from '../../rule/fix.js';
import { kubectl, word } from '../../rule/command.js';
import { defineCheck, skip, unknown, type Finding } from '../check.js';
import { conclude } from '../shared.js';
import { foldPods, splitError, survey, type Measured } from './_in-pod.js';

type Fault =
  | 'dns-host'
  | 'dns-resolver'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'failed'
  | 'no-tls'
  | 'no-answer'
  | 'not-postgres';

/** Modes with which libpq is content with a server without TLS. */
const WITHOUT_TLS = ['disable', 'allow', 'prefer'];

export default defineCheck({
  meta: {
    id: 'network/database-egress',
    title: 'Every pod reaches the database, and the database offers TLS',
    failureTitle: 'A pod does not reach the database as the contract demands',
    why: 'without its database a pod fails its health check and serves nothing',
    remedy: (context, findings) => {
      const { host, port } = findings[0]?.data ?? {};
      if (host === undefined)
        return [text('See from inside a pod whether the database’s host and port can be reached.')];
      const { name } = context.contract.backend.container;
      const program = `import socket; print(socket.create_connection((${JSON.stringify(host)}, ${Number(port ?? 5432)}), 5))`;
      return [
        look(
          kubectl(
            context,
            `exec deployment/${context.target.names.deployment} -c ${name} -- python3 -c ${word(program)}`,
          ),
        ),
      ];
    },
    severity: 'error',
    reads: ['secret', 'environment', 'pods', 'inPod'],
    needs: ['config/database-url', 'pods/running'],
    messages: {
      'dns-host': '{pod} cannot resolve {host}: {found}',
      'dns-resolver': '{pod} gets no answer from DNS for {host}: {found}',
      refused: '{pod}: {host}:{port} refuses the connection: the port is wrong, or no server is running',
      timeout:
        '{pod}: {host}:{port} does not answer: packets are dropped on the way out or at the database’s firewall ({found})',
      unreachable: '{pod}: there is no route to {host}:{port} ({found})',
      failed: '{pod}: no connection to {host}:{port}: {found}',
      'no-tls': '{pod}: {host}:{port} offers no TLS (it answers N to SSLRequest)',
      'no-answer': '{pod}: {host}:{port} accepts the connection, but does not answer an SSLRequest',
      'not-postgres': '{pod}: what listens at {host}:{port} does not answer as PostgreSQL does',
    },
    contractSection:
      'Security Requirements: Network Security; Database Connectivity: Network Access from Minikube; Dependencies',
  },
  evaluate({ secret, environment, pods, inPod }, { contract, target }) {
    const { hosts } = environment.databaseUrl ?? secret?.databaseUrl ?? {};
    const isAsked = contract.backend.requiredSecretKeys.includes('DATABASE_URL');
    if (!hosts && !isAsked) return skip(unasked(environment));
    if (!hosts || hosts.length === 0)
      return unknown('the host in DATABASE_URL could not be determined beyond doubt');
    const { measured, unclear, access, where } = survey(pods, inPod);

    const tlsNeeded = !contract.database.sslModes.some((mode) => WITHOUT_TLS.includes(mode));
    const failures: Finding<Fault>[] = [];
    const warnings: Finding<Fault>[] = [];
    for (const { pod, value } of measured) {
      const faults: Finding<Fault>[] = [];
      const gaps: string[] = [];
      for (const { host, port } of hosts) {
        const step = judgeHost(value, host, port, tlsNeeded);
        if (step === 'fine') continue;
        if ('unmeasured' in step) {
          gaps.push(`in ${pod} the way to ${host}:${port} was not measured${step.unmeasured}`);
          continue;
        }
        const data = { pod, host, port, expected: 'a connection and TLS', found: step.words };
        faults.push({ messageId: step.fault, data, object: podRef(target, pod) });
      }
      // libpq takes the first host that works: the others are a reserve that is missing, no outage.
      if (faults.length + gaps.length < hosts.length) warnings.push(...faults);
      else {
        failures.push(...faults);
        unclear.push(...gaps);
      }
    }
    const names = hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
    return conclude(
      { failures: foldPods(failures), warnings: foldPods(warnings), unclear, access },
      `database reached${tlsNeeded ? ' with TLS' : ''} from ${where} (${names})`,
    );
  },
});

/** The first step on the way to the database that fails. */
function judgeHost(
  { dns, tcp, tls, unmeasured }: Measured,
  host: string,
  port: number,
  tlsNeeded: boolean,
): 'fine' | { unmeasured: string } | { fault: Fault; words: string } {
  const connection = tcp.find((entry) => entry.host === host && entry.port === port);
  const answer = tls.find((entry) => entry.host === host && entry.port === port);
  if (!connection) {
    const reason = unmeasured?.find(({ what }) => what === 'tcp')?.reason;
    return { unmeasured: reason === undefined ? '' : `: ${reason}` };
  }
  if (!connection.connected) {
    const lookup = dns.find(({ name }) => name === host);
    const { kind, words } = splitError(lookup?.error ?? connection.error ?? 'error: no reason given');
    return { fault: faultOf(kind, words), words };
  }
  if (!answer || answer.answer === 'not-tried') return { unmeasured: ': no SSLRequest was sent' };
  if (answer.answer === 'S' || (answer.answer === 'N' && !tlsNeeded)) return 'fine';
  if (answer.answer === 'N') return { fault: 'no-tls', words: 'N' };
  return answer.answer === 'none'
    ? { fault: 'no-answer', words: answer.error === undefined ? 'no answer' : splitError(answer.error).words }
    : { fault: 'not-postgres', words: 'another answer than S or N' };
}

function faultOf(kind: string, words: string): Fault {
  if (kind === 'refused' || kind === 'timeout' || kind === 'unreachable') return kind;
  if (kind !== 'dns') return 'failed';
  // EAI_AGAIN: the resolver did not answer, which says nothing about the name.
  return /temporary failure|try again|no answer/i.test(words) ? 'dns-resolver' : 'dns-host';
}
