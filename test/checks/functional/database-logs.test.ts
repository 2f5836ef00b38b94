import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/database-logs.js';
import type { PodLog } from '../../../src/evidence/evidence.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, type HealthyEvidence, remedyOf } from '../../support/check-context.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';
import { LINEAR_MS } from '../../support/patience.js';

const CONNECTED = 'INFO:     Database connection established';
const ERROR = 'ERROR:    todo.database: Database connection failed: timeout expired';
type LogFacts = Extract<PodLog['log'], { ok: true }>['value'];

/** Gives the second pod a log of these lines, one a second from 14:00:00 on. */
function setLog(evidence: HealthyEvidence, texts: string[], more: Partial<LogFacts> = {}): void {
  const lines = texts.map((text, index) => ({ at: `2026-02-09T14:00:0${index}Z`, text }));
  const value = { lines, fromStart: true, gap: false, startedAt: '2026-02-09T13:58:03Z', ...more };
  evidence.logs[1] = { pod: POD_NAMES[1], log: { ok: true, at: '2026-02-09T14:05:00Z', value } };
}
const withLog = (texts: string[], more: Partial<LogFacts> = {}) =>
  judge(check, (evidence) => setLog(evidence, texts, more));

const unreadable = {
  ok: false,
  at: '2026-02-09T14:05:00Z',
  why: 'forbidden',
  detail: 'get pods/log is forbidden',
} as const;

describe('functional/database-logs, of very many pods', () => {
  const left = { ...unreadable, why: 'not-sampled', detail: '20 of 25 pods are looked into' } as const;

  test('passes by a sample, and says so', () => {
    const judged = judge(check, (evidence) => {
      evidence.logs[1] = { pod: POD_NAMES[1], log: left };
    });
    expect(judged).toMatchObject({ status: 'pass' });
    expect(judged.text).toContain('connected in 1 pod');
    expect(judged.text).toContain('(a sample: 1 of 2 pods)');
  });

  test('fails for what the sample shows', () => {
    const judged = judge(check, (evidence) => {
      setLog(evidence, [CONNECTED, ERROR]);
      evidence.logs[0] = { pod: POD_NAMES[0], log: left };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['error'] });
  });

  test('is undecided where nothing of the sample could be read', () => {
    const all = (log: PodLog['log']) =>
      judge(check, (evidence) => {
        evidence.logs = POD_NAMES.map((pod, index) => ({ pod, log: index === 0 ? log : left }));
      });
    expect(all(unreadable).status).toBe('unknown');
    expect(all(left).status).toBe('unknown');
  });
});

describe('functional/database-logs', () => {
  test('passes when every pod has connected', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'connected in 2 pods, no errors since' });
  });

  test('fails on an error after the last connection, quoting it with its time', () => {
    const judged = withLog([CONNECTED, ERROR, 'INFO: something else']);
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['error'],
      messages: [`${POD_NAMES[1]} at 2026-02-09T14:00:01Z: ${ERROR}`],
      findings: [{ object: { kind: 'Pod', name: POD_NAMES[1] } }],
    });
  });

  test('keeps a quotation short', () => {
    const judged = withLog([`${ERROR} ${'x'.repeat(5000)}`]);
    expect(String(judged.findings[0]?.data?.found)).toHaveLength(160);
  });

  test('tells where an exception was raised', () => {
    const judged = withLog([
      CONNECTED,
      'ERROR:    Exception in ASGI application',
      'Traceback (most recent call last):',
      '  File "/app/app/db.py", line 31, in session',
      'asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already',
    ]);
    expect(judged.messages[0]).toContain('sorry, too many clients already (/app/app/db.py:31)');
  });

  test('fails on errors alone, even when the beginning of the log is gone', () => {
    expect(withLog([ERROR], { fromStart: false })).toMatchObject({ status: 'fail', ids: ['error'] });
  });

  test('warns of errors before a connection that worked', () => {
    const judged = withLog([ERROR, ERROR, CONNECTED]);
    expect(judged).toMatchObject({ status: 'warn', ids: ['recovered'] });
    expect(judged.messages).toEqual([
      `${POD_NAMES[1]} logged 2 errors before it connected at 2026-02-09T14:00:02Z; the last at 2026-02-09T14:00:01Z: ${ERROR}`,
    ]);
  });

  test('fails when a whole log never speaks of a connection', () => {
    expect(withLog(['INFO: Started server process'])).toMatchObject({
      status: 'fail',
      ids: ['never-connected'],
      messages: [`${POD_NAMES[1]} has not logged a database connection since it started`],
    });
  });

  describe('a log that cannot show it', () => {
    const SILENT = '{"status":"healthy"}';
    const rotated = (body: string, more: (evidence: HealthyEvidence) => void = () => undefined) =>
      judge(check, (evidence) => {
        setLog(evidence, ['INFO: x'], { fromStart: false });
        evidence.health.json = JSON.parse(body) as unknown;
        more(evidence);
      });

    test('passes by what else has shown the connection in this run', () => {
      expect(withLog(['INFO: x'], { fromStart: false })).toMatchObject({
        status: 'pass',
        text: 'connected in 1 pod; 1 pod by the health endpoint, which its readiness probe asks: database "connected", no errors in what was read of the logs',
      });
      expect(withLog([], { fromStart: false }).status).toBe('pass');
      const reached = rotated(SILENT);
      expect([
        reached.status,
        reached.text.includes('which answers from inside the pod and takes TLS'),
      ]).toEqual(['pass', true]);
    });

    test('is unknown, not failed, where nothing else has shown it', () => {
      const text = `the log of ${POD_NAMES[1]} has no line about a connection, and its beginning is no longer there`;
      const unprobed = ({ inPod }: HealthyEvidence) => inPod.splice(0);
      expect(rotated(SILENT, unprobed)).toMatchObject({ status: 'unknown', text });
      expect(rotated('{"status":"healthy","database":"unknown"}')).toMatchObject({ status: 'unknown', text });
      expect(rotated('{"status":"degraded"}')).toMatchObject({ status: 'unknown', text });
      const unready = ({ pods }: HealthyEvidence) => {
        const ready = pods[1]?.status?.conditions?.find(({ type }) => type === 'Ready');
        if (ready) ready.status = 'False';
      };
      expect(rotated('{"status":"healthy","database":"connected"}', unready)).toMatchObject({
        status: 'unknown',
        text,
      });
      const elsewhere = ({ pods }: HealthyEvidence) => {
        const probe = pods[1]?.spec.containers[0]?.readinessProbe?.httpGet;
        if (probe) probe.path = '/live';
      };
      expect(rotated('{"status":"healthy","database":"connected"}', elsewhere)).toMatchObject({
        status: 'unknown',
        text,
      });
    });

    test('an error in what is left of it counts all the same', () => {
      expect(withLog(['INFO: x', ERROR], { fromStart: false })).toMatchObject({
        status: 'fail',
        ids: ['error'],
      });
    });

    test.each(['ERROR', 'warning', 'CRITICAL'])('LOG_LEVEL=%s keeps it out', (level) => {
      const quiet = (body: string) =>
        judge(check, (evidence) => {
          setLog(evidence, ['x']);
          evidence.configMap.data.LOG_LEVEL = level;
          evidence.health.json = JSON.parse(body) as unknown;
          evidence.inPod.splice(0);
        });
      expect(quiet('{"status":"healthy","database":"connected"}').status).toBe('pass');
      expect(quiet(SILENT)).toMatchObject({
        status: 'unknown',
        text: `LOG_LEVEL=${level} keeps the line about a connection out of the log of ${POD_NAMES[1]}`,
      });
    });
  });

  test('warns when errors could hide in a part that was not read', () => {
    expect(withLog([CONNECTED], { gap: true })).toMatchObject({
      status: 'warn',
      ids: ['gap'],
      messages: [
        `${POD_NAMES[1]} connected at 2026-02-09T14:00:00Z; the middle of its log was too long to be read whole`,
      ],
    });
  });

  test('is unknown when a pod’s log cannot be read, and names the pod', () => {
    expect(judge(check, ({ logs }) => (logs[1] = { pod: POD_NAMES[1], log: unreadable }))).toMatchObject({
      status: 'unknown',
      text: `the log of ${POD_NAMES[1]} could not be read (get pods/log is forbidden)`,
    });
    expect(judge(check, ({ logs }) => logs.pop())).toMatchObject({
      status: 'unknown',
      text: `the log of ${POD_NAMES[1]} could not be read`,
    });
  });

  test('fails all the same when another pod fails', () => {
    const judged = judge(check, (evidence) => {
      setLog(evidence, [ERROR]);
      evidence.logs[0] = { pod: POD_NAMES[0], log: unreadable };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['error'] });
  });

  test('does not wait for pods that are on their way out', () => {
    const judged = judge(check, ({ logs, pods }) => {
      logs.pop();
      const metadata = pods[1]?.metadata;
      if (metadata) metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({ status: 'pass', text: 'connected in 1 pod, no errors since' });
  });

  test('is unknown without pods', () => {
    expect(judge(check, (evidence) => (evidence.pods = [])).status).toBe('unknown');
  });

  test('does not believe what a client wrote into the access log', () => {
    const forged = 'INFO:     10.0.0.1:4 - "GET /database?connected HTTP/1.1" 404 Not Found';
    expect(withLog([forged]).ids).toEqual(['never-connected']);
    const scary = 'INFO:     10.0.0.1:4 - "GET /database/error HTTP/1.1" 404 Not Found';
    expect(withLog([CONNECTED, scary]).status).toBe('pass');
  });

  test.each([
    'Database not connected',
    'database is not yet connected',
    'WARNING: could not get database ready: not ready',
  ])('does not take “%s” for a connection', (line) => expect(withLog([line]).status).toBe('fail'));

  test('is looked into in the pod that failed, or in all', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const command = (which: string) =>
      `kubectl -n default logs ${which} -c backend --timestamps | grep -i database`;
    expect(remedyOf(check, context, withLog([ERROR]).findings)).toBe(command(POD_NAMES[1]));
    expect(remedyOf(check, context, [])).toBe(command('deployment/todo-chatbot-backend --all-pods=true'));
  });

  test('takes patterns from the contract', () => {
    const judged = judge(check, (evidence, contract) => {
      contract.database.connectedLogPatterns = ['pool is open'];
      contract.database.errorLogPatterns = ['pool is dry'];
      setLog(evidence, ['Pool is open', 'pool is DRY']);
    });
    expect(judged.messages).toContain(`${POD_NAMES[1]} at 2026-02-09T14:00:01Z: pool is DRY`);
  });

  test('stays quick on lines that are made to be slow', () => {
    const before = performance.now();
    withLog(['database '.repeat(100_000)]);
    expect(performance.now() - before).toBeLessThan(LINEAR_MS);
  });
});
