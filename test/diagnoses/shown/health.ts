/** What shows each cause of probes that fail, in the kubelet's words. */
import {
  liveness,
  path,
  port,
  readiness,
  REFUSED,
  says,
  throttled,
  TIMED_OUT,
} from '../../support/health-states.js';
import { containerOf } from '../../support/pod-states.js';
import type { Shown } from './shown.js';

export const HEALTH: readonly Shown[] = [
  ['health/wrong-port', readiness(REFUSED.replaceAll('8000', '9000'), port('readinessProbe', 9000))],
  [
    'health/wrong-port',
    readiness(REFUSED, says('INFO:     Uvicorn running on http://0.0.0.0:8001 (Press CTRL+C to quit)')),
  ],
  ['health/wrong-port', liveness(REFUSED.replaceAll('8000', '8080'), port('livenessProbe', 8080))],
  [
    'health/bound-to-loopback',
    readiness(REFUSED, says('INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)')),
  ],
  [
    'health/not-listening-yet',
    liveness(
      REFUSED,
      says('INFO:     Started server process [1]', 'INFO:     Waiting for application startup.'),
    ),
  ],
  ['health/wrong-path', liveness('HTTP probe failed with statuscode: 404', path)],
  ['health/auth-required', readiness('HTTP probe failed with statuscode: 401')],
  ['health/auth-required', readiness('HTTP probe failed with statuscode: 403')],
  [
    'health/database-down',
    readiness(
      'HTTP probe failed with statuscode: 503',
      says('ERROR:    todo: Health check: database error: connection failed: Connection refused'),
    ),
  ],
  ['health/wrong-answer', readiness('HTTP probe failed with statuscode: 405')],
  ['health/server-error', readiness('HTTP probe failed with statuscode: 503')],
  [
    'health/redirected-to-https',
    readiness('Get "https://10.244.0.5:8000/api/health": http: server gave HTTP response to HTTPS client'),
  ],
  [
    'health/redirected-to-https',
    liveness('Get "https://10.244.0.5/api/health": dial tcp 10.244.0.5:443: connect: connection refused'),
  ],
  [
    'health/redirected-to-https',
    liveness('Get "https://10.244.0.5:443/api/health": dial tcp 10.244.0.5:443: i/o timeout'),
  ],
  [
    'health/redirected-to-https',
    readiness(
      'Get "https://todo.example.com/api/health": dial tcp: lookup todo.example.com on 10.96.0.10:53: no such host',
    ),
  ],
  ['health/redirected-to-https', readiness('Get "https://10.244.0.5:8000/login": EOF')],
  [
    'health/wrong-scheme',
    readiness(
      'Get "https://10.244.0.5:8000/api/health": http: server gave HTTP response to HTTPS client',
      (evidence) => Object.assign(containerOf(evidence).readinessProbe?.httpGet ?? {}, { scheme: 'HTTPS' }),
    ),
  ],
  [
    'health/command-fails',
    readiness('cat: /tmp/ready: No such file or directory', (evidence) => {
      containerOf(evidence).readinessProbe = { exec: { command: ['cat', '/tmp/ready'] } };
    }),
  ],
  [
    'health/wrong-host',
    liveness(
      'Get "http://127.0.0.1:8000/api/health": dial tcp 127.0.0.1:8000: connect: connection refused',
      (evidence) => Object.assign(containerOf(evidence).livenessProbe?.httpGet ?? {}, { host: '127.0.0.1' }),
    ),
  ],
  [
    'health/concurrency-limit',
    readiness('HTTP probe failed with statuscode: 503', says('WARNING:  Exceeded concurrency limit.')),
  ],
  [
    'health/grpc-fails',
    readiness(
      'timeout: failed to connect service "10.244.0.5:8000" within 5s: context deadline exceeded',
      (evidence) => {
        containerOf(evidence).readinessProbe = { grpc: { port: 8000 } };
      },
    ),
  ],
  [
    'health/wrong-port',
    readiness(
      REFUSED,
      says('INFO:     Uvicorn running on unix socket /tmp/todo.sock (Press CTRL+C to quit)'),
    ),
  ],
  ['health/too-slow', readiness(TIMED_OUT)],
  ['health/cpu-throttled', readiness(TIMED_OUT, throttled)],
];
