/** Database connection failures: each cause in the words of its system, found first; look-alikes told apart. */
import { describe, expect, test } from '@jest/globals';
import type { Rung, RungFailure, RungResult } from '../../src/evidence/deep-facts.js';
import type { DatabaseUrlProblem } from '../../src/evidence/evidence.js';
import { databaseError } from '../../src/diagnoses/parse/database-error.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { healthyLadder } from '../support/deep-facts.js';
import { diagnosed, type Circumstances } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { ago, containerOf, crashed, log, podEvent, restarted, waiting } from '../support/pod-states.js';

type Change = (evidence: HealthyEvidence) => void;

const DB: Circumstances = { topic: 'db' };
const HOST = 'ep-cool-1.neon.tech';
const RUNGS: Rung[] = ['dns', 'tcp', 'ssl', 'tls', 'startup', 'login', 'query'];

const together =
  (...changes: Change[]): Change =>
  (evidence) => {
    for (const change of changes) change(evidence);
  };

/** A climb that ends at a rung. */
function climb(rung: Rung, kind: RungFailure, text: string, sqlstate?: string): RungResult[] {
  const below = RUNGS.slice(0, RUNGS.indexOf(rung));
  return [
    ...below.map((each) => ({ rung: each, error: undefined, detail: '', ms: 2 })),
    { rung, error: { kind, text, sqlstate }, detail: '', ms: 3 },
  ];
}

/** What the ladder shows from inside of the pods; by default of all of them. */
function ladder(climbs: RungResult[][], pods: readonly string[] = POD_NAMES, matchesSecret = true): Change {
  return ({ databaseLadder }) => {
    if (!databaseLadder.pods.ok) throw new Error('no ladders');
    for (const { pod, ladder: own } of databaseLadder.pods.value) {
      if (!own.ok || !pods.includes(pod)) continue;
      own.value.matchesSecret = matchesSecret;
      const [host] = own.value.hosts;
      if (host && climbs.length > 0) host.climbs = structuredClone(climbs);
    }
  };
}

const stopsAt = (rung: Rung, kind: RungFailure, text: string, sqlstate?: string): Change =>
  ladder([climb(rung, kind, text, sqlstate)]);

/** The way from this machine. */
function here(...rungs: RungResult[][]): Change {
  return ({ databaseLadder }) => {
    if (!databaseLadder.host.ok) throw new Error('no ladder from here');
    const [host] = databaseLadder.host.value.hosts;
    if (host) host.climbs = rungs;
  };
}

const fromHereNot: Change = (evidence) => {
  evidence.databaseLadder.host = {
    ok: false,
    at: ago(0),
    why: 'unsupported',
    detail: 'db is known inside of the cluster only',
  };
};

const url =
  (...problems: DatabaseUrlProblem[]): Change =>
  ({ secret }) => {
    if (secret.databaseUrl) secret.databaseUrl.problems = problems;
  };

const notMeasured: Change = (evidence) => {
  evidence.databaseLadder.pods = {
    ok: true,
    at: ago(0),
    value: POD_NAMES.map((pod) => ({
      pod,
      ladder: { ok: false, at: ago(0), why: 'failed', detail: 'container backend is not running' },
    })),
  };
};

const says =
  (...lines: string[]): Change =>
  (evidence) => {
    log(evidence, 0, lines);
    log(evidence, 1, lines);
  };

const denies =
  (ports: object[]): Change =>
  ({ networkPolicies }) => {
    (networkPolicies as object[]).push({
      metadata: { name: 'backend-egress', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: ports.length > 0 ? [{ ports }] : [] },
    });
  };
const DNS_ONLY = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

const secretChanged: Change = ({ drift }) => {
  for (const pod of drift.pods) {
    pod.newerSources.push({
      kind: 'Secret',
      name: 'todo-chatbot-backend-secret',
      at: '2026-02-09T14:00:03Z',
      manager: 'kubectl-edit',
      keys: ['DATABASE_URL'],
    });
  }
};

const noService: Change = ({ inPod }) => {
  for (const { probe } of inPod) {
    if (!probe.ok) continue;
    for (const lookup of probe.value.dns) {
      Object.assign(lookup, { addresses: [], error: 'dns: Temporary failure in name resolution' });
    }
  }
};

describe('healthy', () => {
  test('every hop is good, in the order of the way', async () => {
    const { diagnoses, topics, exitCode } = await diagnosed(undefined, DB);
    expect(diagnoses).toEqual([]);
    expect(topics[0]?.path.map(({ hop, state }) => [hop, state])).toEqual(
      ['cluster', 'deployment', 'env', 'secret', 'url', 'dns', 'tcp', 'tls', 'login', 'query', 'use'].map(
        (hop) => [hop, 'good'],
      ),
    );
    expect(topics[0]?.path.find(({ hop }) => hop === 'tls')?.ms).toBe(10);
    expect(exitCode).toBe(0);
  });

  test('without exec, and with an image without python3, the application’s own word stands for it', async () => {
    const declined = await diagnosed((evidence) => {
      evidence.databaseLadder.pods = { ok: false, at: ago(0), why: 'not-collected', detail: '--no-exec' };
    }, DB);
    expect(declined.causes).toEqual([]);
    const shell = await diagnosed((evidence) => {
      const { pods } = evidence.databaseLadder;
      if (!pods.ok) return;
      for (const { ladder: own } of pods.value) {
        if (!own.ok) continue;
        Object.assign(own.value, { tool: 'sh', url: 'not-read', matchesSecret: undefined });
        own.value.unmeasured = [{ what: 'tls', reason: 'the image has no python3' }];
        for (const host of own.value.hosts) host.climbs = [host.climbs[0]?.slice(0, 3) ?? []];
      }
    }, DB);
    expect(shell.causes).toEqual([]);
    expect(shell.topics[0]?.path.find(({ hop }) => hop === 'login')).toMatchObject({
      state: 'skipped',
      detail: 'not measured: the image has no python3',
    });
  });

  test('what cannot be seen is inconclusive, never clean', async () => {
    const { diagnoses, exitCode } = await diagnosed((evidence) => {
      evidence.databaseLadder.pods = {
        ok: false,
        at: ago(0),
        why: 'forbidden',
        detail: 'pods/exec is forbidden',
      };
    }, DB);
    expect(diagnoses.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
    expect(diagnoses.length).toBeGreaterThan(0);
    expect(exitCode).toBe(3);
  });
});

describe('wiring and URL', () => {
  test('no source of the variable', async () => {
    const { diagnoses, causes } = await diagnosed(({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.envFrom = [{ configMapRef: { name: 'todo-chatbot-backend-config' } }];
    }, DB);
    expect(causes[0]).toBe('db/url-missing');
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Deployment' } });
  });

  test('a literal in the pod template', async () => {
    const { diagnoses, causes, topics } = await diagnosed(({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.env = [{ name: 'DATABASE_URL', value: '(value hidden, 78 characters)' }];
    }, DB);
    expect(causes).toEqual(['db/url-hardcoded']);
    expect(diagnoses[0]).toMatchObject({
      object: { kind: 'Deployment' },
      symptoms: ['deployment/no-inline-secrets'],
    });
    // It may work all the same: the way is looked at.
    expect(topics[0]?.path.find(({ hop }) => hop === 'url')?.state).not.toBe('good');
  });

  test('a Secret without the key, and one with an empty value', async () => {
    const missing = await diagnosed(({ secret }) => {
      secret.keys = secret.keys.filter(({ key }) => key !== 'DATABASE_URL');
      secret.databaseUrl = undefined;
    }, DB);
    expect(missing.causes[0]).toBe('db/url-missing');
    expect(missing.diagnoses[0]).toMatchObject({ object: { kind: 'Secret' }, verdict: 'confirmed' });
    const empty = await diagnosed(together(url('url-empty')), DB);
    expect(empty.causes[0]).toBe('db/url-missing');
    expect(empty.diagnoses[0]?.evidence[0]).toMatchObject({ field: 'data.DATABASE_URL', value: 'empty' });
  });

  test.each<[DatabaseUrlProblem, string]>([
    ['url-malformed', 'db/url-malformed'],
    ['url-scheme', 'db/url-malformed'],
    ['url-port', 'db/url-malformed'],
    ['url-whitespace', 'db/url-whitespace'],
    ['url-quoted', 'db/url-quoted'],
    ['url-double-encoded', 'db/url-double-encoded'],
    ['url-unescaped', 'db/url-unescaped'],
    ['driver-mismatch', 'db/driver-mismatch'],
    ['sslmode-missing', 'db/sslmode-missing'],
    ['sslmode-weak', 'db/sslmode-weak'],
    ['sslmode-invalid', 'db/sslmode-invalid'],
  ])('%s', async (problem, cause) => {
    const { diagnoses, causes, exitCode } = await diagnosed(
      together(url(problem), ({ secret }) => {
        if (secret.databaseUrl && problem === 'sslmode-weak') secret.databaseUrl.sslmode = 'prefer';
        if (secret.databaseUrl && problem === 'sslmode-missing') secret.databaseUrl.sslmode = undefined;
      }),
      DB,
    );
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Secret', name: 'todo-chatbot-backend-secret' },
    });
    expect(diagnoses[0]?.symptoms).toContain('config/database-url');
    expect(diagnoses[0]?.fix[0]?.command).toContain('DATABASE_URL="${DATABASE_URL:?}"');
    expect(exitCode).toBe(1);
  });

  test('white space is the root of what it leads to', async () => {
    const { causes } = await diagnosed(
      together(url('url-whitespace', 'sslmode-invalid'), says('FATAL:  database "todos" does not exist')),
      DB,
    );
    expect(causes).toEqual(['db/url-whitespace']);
  });

  test('a parameter that is given twice only warns', async () => {
    const { diagnoses, exitCode } = await diagnosed(({ secret }) => {
      if (secret.databaseUrl) secret.databaseUrl.duplicateParameters = ['sslmode'];
    }, DB);
    expect(diagnoses).toMatchObject([{ severity: 'warning', symptoms: ['config/database-url'] }]);
    expect(exitCode).toBe(0);
  });
});

describe('the way, measured', () => {
  test.each<[string, Change, string]>([
    [
      'DNS knows no such name',
      together(stopsAt('dns', 'name', 'Name or service not known'), fromHereNot),
      'db/dns-wrong-host',
    ],
    [
      'DNS does not answer',
      together(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), noService),
      'db/dns-failure',
    ],
    [
      'egress is denied',
      together(stopsAt('tcp', 'timeout', 'no answer in time'), denies(DNS_ONLY)),
      'db/egress-blocked',
    ],
    ['nobody answers', stopsAt('tcp', 'timeout', 'no answer in time'), 'db/timeout'],
    ['refused', stopsAt('tcp', 'refused', 'Connection refused'), 'db/connection-refused'],
    ['no route', stopsAt('tcp', 'unreachable', 'Network is unreachable'), 'db/network-unreachable'],
    [
      'no TLS at the server',
      stopsAt('ssl', 'refused-tls', 'the server does not support SSL'),
      'db/tls-rejected',
    ],
    [
      'a certificate that is not trusted',
      stopsAt('tls', 'certificate', 'self-signed certificate'),
      'db/tls-rejected',
    ],
    [
      'TLS is demanded',
      stopsAt('startup', 'server', 'connection is insecure (try using `sslmode=require`)', '28000'),
      'db/tls-required',
    ],
    [
      'TLS is demanded by pg_hba',
      stopsAt(
        'startup',
        'server',
        'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption',
        '28000',
      ),
      'db/tls-required',
    ],
    [
      'no entry in pg_hba',
      stopsAt(
        'startup',
        'server',
        'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", SSL encryption',
        '28000',
      ),
      'db/ip-not-allowed',
    ],
    [
      'an address that is not allowed',
      stopsAt('startup', 'server', 'This IP address 203.0.113.9 is not allowed to connect to this endpoint.'),
      'db/ip-not-allowed',
    ],
    [
      'no SNI',
      stopsAt(
        'startup',
        'server',
        'Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support',
      ),
      'db/sni-missing',
    ],
    [
      'an endpoint that is disabled',
      stopsAt('startup', 'server', 'ERROR: The endpoint is disabled. Enable it using Neon API and retry.'),
      'db/endpoint-disabled',
    ],
    [
      'an endpoint that is gone',
      stopsAt(
        'startup',
        'server',
        'The requested endpoint could not be found, or you don’t have access to it',
      ),
      'db/endpoint-not-found',
    ],
    [
      'the quota is used up',
      stopsAt('startup', 'server', 'Your account or project has exceeded the compute time quota.'),
      'db/quota-exceeded',
    ],
    [
      'a pooler',
      stopsAt('startup', 'server', 'unsupported startup parameter: search_path', '08P01'),
      'db/pooler-incompatible',
    ],
    [
      'wrong password',
      stopsAt('login', 'server', 'password authentication failed for user "todo"', '28P01'),
      'db/authentication-failed',
    ],
    [
      'no such database',
      stopsAt('login', 'server', 'database "todos" does not exist', '3D000'),
      'db/database-missing',
    ],
    [
      'no slots',
      stopsAt(
        'login',
        'server',
        'remaining connection slots are reserved for roles with the SUPERUSER attribute',
        '53300',
      ),
      'db/too-many-connections',
    ],
    [
      'ended by an administrator',
      stopsAt('query', 'server', 'terminating connection due to administrator command', '57P01'),
      'db/connection-dropped',
    ],
  ])('%s', async (_name, change, cause) => {
    const { diagnoses, causes, exitCode } = await diagnosed(change, DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.verdict).toBe('confirmed');
    expect(diagnoses[0]?.evidence.length).toBeGreaterThan(0);
    expect(diagnoses[0]?.fix.length).toBeGreaterThan(0);
    expect(exitCode).toBe(1);
  });

  test('one pod of two: the diagnosis names it', async () => {
    const { diagnoses } = await diagnosed(
      ladder([climb('tcp', 'refused', 'Connection refused')], [POD_NAMES[1]]),
      DB,
    );
    expect(diagnoses).toMatchObject([{ cause: 'db/connection-refused', object: { name: POD_NAMES[1] } }]);
    expect(diagnoses[0]?.summary).toContain(`Pod ${POD_NAMES[1]}:`);
  });

  test('several hosts: one that works is enough', async () => {
    const { causes } = await diagnosed(({ databaseLadder }) => {
      if (!databaseLadder.pods.ok) return;
      for (const { ladder: own } of databaseLadder.pods.value) {
        if (!own.ok) continue;
        own.value.hosts.unshift({
          host: 'standby',
          port: 5432,
          climbs: [climb('tcp', 'refused', 'Connection refused')],
          certificate: undefined,
        });
      }
    }, DB);
    expect(causes).toEqual([]);
  });

  test.each<[string, RungResult[][]]>([
    [
      'slow, then quick',
      [
        [{ rung: 'query', error: undefined, detail: '', ms: 4200 }],
        [{ rung: 'query', error: undefined, detail: '', ms: 20 }],
      ],
    ],
    [
      'refused, then fine',
      [
        climb('startup', 'server', 'Couldn’t connect to compute node'),
        [{ rung: 'query', error: undefined, detail: '', ms: 20 }],
      ],
    ],
  ])('a cold start (%s) is a warning only', async (_name, climbs) => {
    const { diagnoses, exitCode } = await diagnosed(ladder(climbs), DB);
    expect(diagnoses).toMatchObject([{ cause: 'db/waking', severity: 'warning', verdict: 'confirmed' }]);
    expect(exitCode).toBe(0);
  });
});

describe('look-alikes', () => {
  const timeout = stopsAt('tcp', 'timeout', 'no answer in time');

  test('wrong host, DNS down, egress to DNS blocked, and a cluster’s DNS that is behind', async () => {
    const name = stopsAt('dns', 'name', 'Name or service not known');
    const resolver = together(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), noService);
    const gone = await diagnosed(together(name, here(climb('dns', 'name', 'ENOTFOUND'))), DB);
    expect(gone.causes).toEqual(['db/dns-wrong-host']);
    expect(gone.diagnoses[0]?.ruledOut).toContain('DNS: other names resolve');
    const down = await diagnosed(resolver, DB);
    expect(down.diagnoses[0]).toMatchObject({ cause: 'db/dns-failure', object: { kind: 'Pod' } });
    expect(down.diagnoses[0]?.ruledOut).toContain('egress policy');
    const blocked = await diagnosed(together(resolver, denies([{ protocol: 'TCP', port: 5432 }])), DB);
    expect(blocked.causes[0]).toBe('db/dns-failure');
    expect(blocked.diagnoses[0]).toMatchObject({
      object: { kind: 'NetworkPolicy', name: 'backend-egress' },
      symptoms: expect.arrayContaining(['network/policies']) as unknown,
    });
    const behind = await diagnosed(name, DB);
    expect(behind.causes).toEqual(['db/dns-failure']);
    expect(behind.diagnoses[0]?.summary).toContain('this machine’s DNS knows it');
    const upstream = await diagnosed(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), DB);
    expect(upstream.diagnoses[0]?.summary).toContain('CoreDNS gets no answer');
  });

  test('refused, timed out by a policy, timed out elsewhere: from the cluster only, or everywhere', async () => {
    expect((await diagnosed(stopsAt('tcp', 'refused', 'Connection refused'), DB)).causes).toEqual([
      'db/connection-refused',
    ]);
    const policy = await diagnosed(together(timeout, denies(DNS_ONLY)), DB);
    expect(policy.diagnoses[0]).toMatchObject({
      cause: 'db/egress-blocked',
      verdict: 'confirmed',
      object: { kind: 'NetworkPolicy', name: 'backend-egress' },
    });
    const cluster = await diagnosed(timeout, DB);
    expect(cluster.diagnoses[0]?.summary).toContain('It answers from here');
    const everywhere = await diagnosed(
      together(timeout, here(climb('tcp', 'timeout', 'no answer in time'))),
      DB,
    );
    expect(everywhere.diagnoses[0]?.summary).toContain('Nor does it answer from here');
  });

  test('a policy that allows it is not to blame', async () => {
    const { causes } = await diagnosed(
      together(
        timeout,
        denies([...DNS_ONLY, { protocol: 'TCP', port: 5432 }, { protocol: 'TCP', port: 443 }]),
      ),
      DB,
    );
    expect(causes).toEqual(['db/timeout']);
  });

  const refused = climb('login', 'server', 'password authentication failed for user "todo"', '28P01');

  test('wrong password, and one that the pods have from before', async () => {
    const wrong = await diagnosed(together(ladder([refused]), secretChanged), DB);
    expect(wrong.causes).toEqual(['db/authentication-failed']);
    const stale = await diagnosed(together(ladder([refused], POD_NAMES, false), secretChanged), DB);
    expect(stale.diagnoses).toMatchObject([
      {
        cause: 'db/credentials-stale',
        verdict: 'confirmed',
        object: { kind: 'Secret', name: 'todo-chatbot-backend-secret' },
      },
    ]);
    expect(stale.diagnoses[0]?.summary).toContain('at 14:00:03');
    expect(stale.diagnoses[0]?.fix[0]?.command).toBe(
      'kubectl -n default rollout restart deployment/todo-chatbot-backend',
    );
  });

  test('both: of two pods one is stale, and the new password is wrong as well', async () => {
    const { causes } = await diagnosed(
      together(ladder([refused], [POD_NAMES[0]], false), ladder([refused], [POD_NAMES[1]], true)),
      DB,
    );
    expect(causes.sort()).toEqual(['db/authentication-failed', 'db/credentials-stale']);
  });

  test('an old value that still works is a warning', async () => {
    const { diagnoses, exitCode } = await diagnosed(ladder([], POD_NAMES, false), DB);
    expect(diagnoses).toMatchObject([{ cause: 'db/credentials-stale', severity: 'warning' }]);
    expect(exitCode).toBe(0);
  });

  test('pods that a rollout is about to replace are expected to have the old value', async () => {
    const { causes } = await diagnosed(
      together(ladder([], [POD_NAMES[0]], false), ({ replicaSets, pods }) => {
        const [newest] = replicaSets;
        if (newest)
          replicaSets.unshift({ ...structuredClone(newest), metadata: { ...newest.metadata, uid: 'rs-2' } });
        const second = pods[1]?.metadata.ownerReferences?.[0];
        if (second) second.uid = 'rs-2';
      }),
      DB,
    );
    expect(causes).toEqual([]);
  });
});

describe('by the log alone', () => {
  const crash =
    (words: string): Change =>
    (evidence) => {
      notMeasured(evidence);
      for (const index of [0, 1]) {
        crashed(evidence, index, { exitCode: 3 }, [
          'INFO:     Waiting for application startup.',
          'ERROR:    Traceback (most recent call last):',
          `sqlalchemy.exc.OperationalError: (psycopg.OperationalError) ${words}`,
          'ERROR:    Application startup failed. Exiting.',
        ]);
      }
    };

  test.each([
    ['connection failed: FATAL:  password authentication failed for user "todo"', 'db/authentication-failed'],
    ['could not translate host name "db.example" to address: Name or service not known', 'db/dns-wrong-host'],
    ['[Errno -3] Temporary failure in name resolution', 'db/dns-failure'],
    ['connection to server at "10.0.0.1", port 5432 failed: Connection refused', 'db/connection-refused'],
    ['connection timeout expired', 'db/timeout'],
    ['FATAL:  database "todo\\n" does not exist', 'db/database-missing'],
    ['server does not support SSL, but SSL was required', 'db/tls-rejected'],
    ["connect() got an unexpected keyword argument 'sslmode'", 'db/driver-mismatch'],
    ['invalid sslmode value: "Require"', 'db/sslmode-invalid'],
  ])('a start that ends with: %s', async (words, cause) => {
    const { diagnoses, causes } = await diagnosed(crash(words), DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Pod' } });
    expect(diagnoses[0]?.evidence[0]).toMatchObject({ source: 'previous log' });
  });

  test('over all topics it is the root of the crash', async () => {
    const { causes, diagnoses } = await diagnosed(
      crash('FATAL:  password authentication failed for user "todo"'),
    );
    expect(causes[0]).toBe('db/authentication-failed');
    expect(diagnoses[0]?.folded).toContain('crash/startup-exception');
  });

  test('with a Secret that was changed since: likely stale', async () => {
    const { diagnoses } = await diagnosed(
      together(crash('FATAL:  password authentication failed for user "todo"'), secretChanged, fromHereNot),
      DB,
    );
    expect(diagnoses[0]).toMatchObject({ cause: 'db/credentials-stale', verdict: 'likely' });
    expect(diagnoses[0]?.wouldConfirm).toBeTruthy();
  });

  test.each([
    [
      'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
      'db/pool-exhausted',
    ],
    [
      'FATAL:  remaining connection slots are reserved for non-replication superuser connections',
      'db/too-many-connections',
    ],
    ['SSL connection has been closed unexpectedly', 'db/connection-dropped'],
    ['terminating connection due to administrator command', 'db/connection-dropped'],
    ['(psycopg.errors.UndefinedTable) relation "tasks" does not exist', 'db/schema-missing'],
    ['prepared statement "__asyncpg_stmt_1__" already exists', 'db/pooler-incompatible'],
  ])('in use, while the way is free: %s', async (words, cause) => {
    const { causes, diagnoses } = await diagnosed(
      says('INFO:     Database connection established', `ERROR:    todo.database: database error: ${words}`),
      DB,
    );
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.symptoms).toContain('functional/database-logs');
  });

  test('an error of the way that is over is told, as likely', async () => {
    const { diagnoses, exitCode } = await diagnosed(
      says('ERROR:    database error: connection failed: Connection refused'),
      DB,
    );
    expect(diagnoses).toMatchObject([
      { cause: 'db/connection-refused', verdict: 'likely', symptoms: ['functional/database-logs'] },
    ]);
    expect(exitCode).toBe(1);
  });

  test('an error before the last success, and one in a client’s request, are none', async () => {
    const { causes } = await diagnosed(
      says(
        'ERROR:    database error: connection failed: Connection refused',
        'INFO:     Database connection established',
        'INFO:     10.244.0.1:1 - "GET /api/tasks?q=too%20many%20clients+too many clients HTTP/1.1" 200 OK',
      ),
      DB,
    );
    expect(causes).toEqual([]);
  });
});

describe('whose error it is', () => {
  test('an error of the network counts where a driver is spoken of, on its line or in the traceback before', async () => {
    const other = await diagnosed(
      says(
        'INFO:     ready',
        ...Array<string>(80).fill('INFO:     idle'),
        'ERROR:    httpx: Connection refused',
      ),
      DB,
    );
    expect(other.causes.filter((cause) => cause.startsWith('db/'))).toEqual([]);
    const own = await diagnosed(
      says(
        'INFO:     Database connection established',
        'ERROR:    todo.database: query failed',
        'Traceback (most recent call last):',
        '  File "/usr/lib/asyncpg/connect_utils.py", line 873, in __connect_addr',
        'socket.gaierror: [Errno -2] Name or service not known',
      ),
      DB,
    );
    expect(own.causes).toEqual(['db/dns-wrong-host']);
  });
});

describe('two at once', () => {
  const wrongPassword = ladder([
    climb('login', 'server', 'password authentication failed for user "todo"', '28P01'),
  ]);

  test.each<[string, Change, string]>([
    [
      'and a Service with another selector',
      ({ service }) => (service.spec.selector = { app: 'other' }),
      'service/selector-mismatch',
    ],
    [
      'and a container that was killed for its memory',
      (evidence) => restarted(evidence, 0, { exitCode: 137, reason: 'OOMKilled' }, { secondsAgo: 300 }),
      'memory/oom-killed',
    ],
    [
      'and an image that cannot be pulled',
      (evidence) => {
        waiting(
          evidence,
          1,
          'ImagePullBackOff',
          'Back-off pulling image "todo-chatbot-backend:v9": ErrImagePull: not found',
        );
        containerOf(evidence, 1).image = 'todo-chatbot-backend:v9';
        podEvent(
          evidence,
          1,
          'Failed',
          'Failed to pull image "todo-chatbot-backend:v9": rpc error: code = NotFound desc = failed to pull and unpack image: not found',
        );
        const { pods } = evidence.databaseLadder;
        if (pods.ok) pods.value.splice(1);
      },
      'image/not-found',
    ],
  ])('%s', async (_name, change, other) => {
    const { causes } = await diagnosed(together(wrongPassword, change));
    expect(causes).toContain('db/authentication-failed');
    expect(causes.some((cause) => cause === other || cause.startsWith(`${other.split('/')[0] ?? ''}/`))).toBe(
      true,
    );
  });
});

describe('error texts', () => {
  test('a text is looked at for a bounded length, whatever it is', () => {
    const hostile = `${'relation "'.repeat(50_000)}${'no pg_hba.conf entry '.repeat(50_000)}`;
    const begin = performance.now();
    for (let index = 0; index < 200; index += 1) databaseError(hostile);
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  test('SQLSTATE decides where the words are not known, as in another language', () => {
    expect(databaseError('Passwort-Authentifizierung fehlgeschlagen', '28P01')?.cause).toBe(
      'db/authentication-failed',
    );
    expect(databaseError('Datenbank existiert nicht', '3D000')?.cause).toBe('db/database-missing');
    expect(databaseError('something else')).toBeUndefined();
  });

  test('IPv6 noise beside an IPv4 error', () => {
    const text =
      'connection to server at "2600::1" failed: Network is unreachable; at "10.0.0.1" failed: Connection refused';
    expect(databaseError(text)?.cause).toBe('db/connection-refused');
  });
});

test('the healthy ladder of the tests is what a real one is parsed to', () => {
  expect(healthyLadder().hosts[0]?.host).toBe(HOST);
  expect(healthyLadder().hosts[0]?.climbs[0]?.map(({ rung }) => rung)).toEqual(RUNGS);
});
