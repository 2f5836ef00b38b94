/** What a pod's log, an event or a status says reaches neither terminal nor file in a form that they would act on. */
import { describe, expect, test } from '@jest/globals';
import { startLab } from '../../src/lab/lab.js';
import type { ScenarioName } from '../../src/lab/scenarios/index.js';
import { doctor } from '../faults/support/doctor.js';
import { faultyApi } from '../faults/support/faulty-api.js';

/** A title of the window, a cleared screen, a link, text that runs from right to left, a C1 control, NUL, a carriage return. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u001b]8;;http://x\u001b\\\u202eevil\u009b31m\u0000\rok ';
/** Controls but tab and newline, C1 controls, and what changes the direction of text. */
const ACTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Puts it before every message, reason and name of a container's state, wherever it stands. */
function poison(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poison);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'message' && typeof inner === 'string' ? `${HOSTILE}${inner}` : poison(inner),
    ]),
  );
}

describe.each<ScenarioName>(['image-pull', 'crash-loop', 'readiness-port-wrong', 'unschedulable', 'database-log-errors'])(
  '%s',
  (name) => {
    test.each(['text', 'wide', 'markdown', 'github'])('%s', async (format) => {
      const lab = await startLab(name);
      try {
        const { kubeconfig } = await faultyApi(lab, {
          rewrite: (_path, body) => poison(body),
          answer(request, response) {
            const url = request.url ?? '';
            if (!/\/log(?:\?|$)/.test(url)) return false;
            const at = new Date().toISOString();
            response.writeHead(200, { 'content-type': 'text/plain' });
            response.end(
              [
                `INFO:     Database connection established`,
                `ERROR:    database error: ${HOSTILE} QueuePool limit of size 5 overflow 10 reached`,
                'Traceback (most recent call last):',
                `PermissionError: [Errno 13] Permission denied: '${HOSTILE}'`,
              ]
                .map((line) => `${at} ${line}\n`)
                .join(''),
            );
            return true;
          },
        });
        const { stdout, stderr } = await doctor(
          'all',
          ...['--kubeconfig', kubeconfig, '--url', lab.url, '--no-color', '-o', format],
        );
        // What was written is there, so that the test looks at something.
        expect(stdout).toContain('evil');
        expect(ACTIVE.exec(stdout)).toBeNull();
        expect(ACTIVE.exec(stderr)).toBeNull();
      } finally {
        await lab.close();
      }
    });
  },
);
