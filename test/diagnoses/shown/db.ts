/** What shows each cause between the application and its database: by the URL, by measurement, by the log. */
import type { DatabaseUrlProblem } from '../../../src/evidence/evidence.js';
import {
  type Change,
  denies,
  DNS_ONLY,
  fromHereNot,
  noService,
  stopsAt,
  together,
  url,
} from '../../support/database-states.js';
import type { Cause } from './shown.js';

/** What is wrong with the URL, as the reader of the Secret says it. */
export const URLS: readonly (readonly [problem: DatabaseUrlProblem, cause: Cause])[] = [
  ['url-malformed', 'db/url-malformed'],
  ['url-scheme', 'db/url-malformed'],
  ['url-port', 'db/url-malformed'],
  ['url-placeholder', 'db/placeholder'],
  ['url-shell-line', 'db/shell-line'],
  ['url-whitespace', 'db/url-whitespace'],
  ['url-quoted', 'db/url-quoted'],
  ['url-double-encoded', 'db/url-double-encoded'],
  ['url-unescaped', 'db/url-unescaped'],
  ['driver-mismatch', 'db/driver-mismatch'],
  ['sslmode-missing', 'db/sslmode-missing'],
  ['sslmode-weak', 'db/sslmode-weak'],
  ['sslmode-invalid', 'db/sslmode-invalid'],
];

export const badUrl = (problem: DatabaseUrlProblem): Change =>
  together(url(problem), ({ secret }) => {
    if (secret.databaseUrl && problem === 'sslmode-weak') secret.databaseUrl.sslmode = 'prefer';
    if (secret.databaseUrl && problem === 'sslmode-missing') secret.databaseUrl.sslmode = undefined;
  });

/** Where a climb from inside the pods ends. */
export const MEASURED: readonly (readonly [name: string, change: Change, cause: Cause])[] = [
  [
    'DNS knows no such name',
    together(stopsAt('dns', 'name', 'Name or service not known'), fromHereNot),
    'db/dns-wrong-host',
  ],
  [
    'the pod template gives the host another address',
    together(stopsAt('tcp', 'refused', 'Connection refused'), ({ pods, secret }) => {
      const [host] = secret.databaseUrl?.hosts ?? [];
      for (const { spec } of pods)
        spec.hostAliases = [
          { ip: '127.0.0.1', hostnames: ['other.example', host?.host.toUpperCase() ?? ''] },
          { ip: '10.0.0.9', hostnames: ['cache.example'] },
        ];
    }),
    'db/host-alias',
  ],
  [
    'the pods ask a DNS of their own',
    together(stopsAt('dns', 'resolver', 'Temporary failure in name resolution'), ({ deployment }) =>
      Object.assign(deployment.spec.template.spec, {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['192.0.2.53'] },
      }),
    ),
    'db/pod-dns-config',
  ],
  [
    'the pods ask the node’s DNS',
    together(stopsAt('dns', 'name', 'Name or service not known'), ({ deployment }) =>
      Object.assign(deployment.spec.template.spec, { dnsPolicy: 'Default' }),
    ),
    'db/pod-dns-config',
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
    stopsAt('startup', 'server', 'The requested endpoint could not be found, or you don’t have access to it'),
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
];
