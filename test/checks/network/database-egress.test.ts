import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/network/database-egress.js';
import { healthyDatabaseUrl, NOW, POD_NAMES } from '../../support/healthy.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { inside, unmeasured } from './_in-pod.js';

const HOST = 'ep-cool-1.neon.tech';
const POD = POD_NAMES[1];

/** The second pod fails to connect with this error. */
const withError = (error: string) =>
  judge(check, (evidence) => {
    const facts = inside(evidence, 1);
    facts.tcp = [{ host: HOST, port: 5432, connected: false, error, ms: 5 }];
    facts.tls = [{ host: HOST, port: 5432, answer: 'not-tried', error: undefined, ms: 0 }];
  });
/** The second pod connects and gets this answer to its SSLRequest. */
const withAnswer = (answer: 'S' | 'N' | 'other' | 'none' | 'not-tried', error?: string) =>
  judge(check, (evidence) => {
    inside(evidence, 1).tls = [{ host: HOST, port: 5432, answer, error, ms: 1 }];
  });

describe('network/database-egress', () => {
  test('passes when every pod connects and TLS is offered', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: `database reached with TLS from 2 pods (${HOST}:5432)`,
    });
  });

  test.each([
    [
      'dns: Name or service not known',
      'dns-host',
      `${POD} cannot resolve ${HOST}: Name or service not known`,
    ],
    [
      'dns: Temporary failure in name resolution',
      'dns-resolver',
      `${POD} gets no answer from DNS for ${HOST}: Temporary failure in name resolution`,
    ],
    [
      'refused: Connection refused',
      'refused',
      `${POD}: ${HOST}:5432 refuses the connection: the port is wrong, or no server is running`,
    ],
    [
      'timeout: timed out',
      'timeout',
      `${POD}: ${HOST}:5432 does not answer: packets are dropped on the way out or at the database’s firewall (timed out)`,
    ],
    [
      'unreachable: Network is unreachable',
      'unreachable',
      `${POD}: there is no route to ${HOST}:5432 (Network is unreachable)`,
    ],
    ['error: Permission denied', 'failed', `${POD}: no connection to ${HOST}:5432: Permission denied`],
    ['without a kind', 'failed', `${POD}: no connection to ${HOST}:5432: without a kind`],
  ])('names the step that fails: %s', (error, id, message) => {
    const judged = withError(error);
    expect(judged).toMatchObject({ status: 'fail', ids: [id], messages: [message] });
    expect(judged.findings[0]?.object).toMatchObject({ kind: 'Pod', name: POD });
  });

  test('trusts a lookup of the host where there is one', () => {
    const judged = judge(check, (evidence) => {
      const facts = inside(evidence, 1);
      facts.dns.push({ name: HOST, addresses: [], error: 'dns: Name or service not known', ms: 1 });
      facts.tcp = [{ host: HOST, port: 5432, connected: false, error: 'error: unknown', ms: 1 }];
    });
    expect(judged.ids).toEqual(['dns-host']);
  });

  test.each([
    ['N', 'no-tls', `${POD}: ${HOST}:5432 offers no TLS (it answers N to SSLRequest)`],
    ['none', 'no-answer', `${POD}: ${HOST}:5432 accepts the connection, but does not answer an SSLRequest`],
    ['other', 'not-postgres', `${POD}: what listens at ${HOST}:5432 does not answer as PostgreSQL does`],
  ] as const)('fails on the answer %s', (answer, id, message) => {
    expect(withAnswer(answer)).toMatchObject({ status: 'fail', ids: [id], messages: [message] });
  });

  test('tells why no answer came', () => {
    expect(withAnswer('none', 'timeout: timed out').findings[0]?.data?.found).toBe('timed out');
  });

  test('does not demand TLS where the contract does not', () => {
    const judged = judge(check, (evidence, contract) => {
      contract.database.sslModes = ['prefer', 'require'];
      for (const index of [0, 1])
        inside(evidence, index).tls = [{ host: HOST, port: 5432, answer: 'N', error: undefined, ms: 1 }];
    });
    expect(judged).toMatchObject({ status: 'pass', text: `database reached from 2 pods (${HOST}:5432)` });
  });

  test('is unknown where a step was not measured', () => {
    expect(withAnswer('not-tried')).toMatchObject({
      status: 'unknown',
      text: `in ${POD} the way to ${HOST}:5432 was not measured: no SSLRequest was sent`,
    });
    const judged = judge(check, (evidence) => {
      const facts = inside(evidence, 1);
      facts.tcp = [];
      facts.unmeasured = [{ what: 'tcp', reason: 'no python3 and no bash in the image' }];
    });
    expect(judged.text).toBe(
      `in ${POD} the way to ${HOST}:5432 was not measured: no python3 and no bash in the image`,
    );
    expect(judge(check, (evidence) => (inside(evidence, 1).tcp = [])).status).toBe('unknown');
  });

  test('fails all the same when another pod fails', () => {
    const judged = judge(check, (evidence) => {
      unmeasured(evidence, 0, 'timeout', 'exec timed out');
      inside(evidence, 1).tls = [{ host: HOST, port: 5432, answer: 'N', error: undefined, ms: 1 }];
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['no-tls'] });
  });

  test('is unknown where nothing could be run, and names the pod', () => {
    const detail = 'the image has neither python3 nor sh';
    expect(judge(check, (evidence) => unmeasured(evidence, 0, 'unsupported', detail))).toMatchObject({
      status: 'unknown',
      text: `nothing could be measured in ${POD_NAMES[0]}: ${detail}`,
    });
  });

  test('says why once for all the pods in which nothing could be run', () => {
    const judged = judge(check, (evidence) => {
      unmeasured(evidence, 0, 'timeout', 'exec timed out');
      unmeasured(evidence, 1, 'timeout', 'exec timed out');
    });
    expect(judged.text).toBe(`nothing could be measured in ${POD_NAMES.join(', ')}: exec timed out`);
  });

  test('is unknown where the host could not be told', () => {
    const judged = judge(
      check,
      ({ secret }) => (secret.databaseUrl = { ...healthyDatabaseUrl(), hosts: undefined }),
    );
    expect(judged).toMatchObject({
      status: 'unknown',
      text: 'the host in DATABASE_URL could not be determined beyond doubt',
    });
  });

  test('is looked into with the host that was not reached', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, withError('refused: no').findings)).toContain(`(("${HOST}", 5432), 5)`);
    // No command without a host to put into it.
    expect(remedyOf(check, context, [])).not.toContain('kubectl');
  });

  describe('several hosts', () => {
    const second = { host: 'standby.neon.tech', port: 5432 };
    const withHosts = (primaryUp: boolean, measured = true) =>
      judge(check, (evidence) => {
        evidence.secret.databaseUrl = {
          ...healthyDatabaseUrl(),
          hosts: [{ host: HOST, port: 5432 }, second],
        };
        for (const index of [0, 1]) {
          const facts = inside(evidence, index);
          if (!primaryUp)
            facts.tcp = [{ host: HOST, port: 5432, connected: false, error: 'refused: no', ms: 1 }];
          if (measured) facts.tcp.push({ ...second, connected: false, error: 'timeout: late', ms: 1 });
        }
      });

    test('warns of a reserve that is missing', () => {
      expect(withHosts(true)).toMatchObject({ status: 'warn', ids: ['timeout'] });
    });

    test('fails when none is reached', () => {
      expect(withHosts(false)).toMatchObject({
        status: 'fail',
        ids: ['refused', 'timeout'],
      });
    });

    test('fails on the one that is seen to fail, though the other was not measured', () => {
      expect(withHosts(false, false)).toMatchObject({ status: 'fail', ids: ['refused'] });
    });

    test('tells what is the same in several pods once', () => {
      expect(withHosts(true).messages[0]).toMatch(new RegExp(`^${POD_NAMES.join(', ')}: standby`));
    });
  });
});
