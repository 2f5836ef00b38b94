/** Why containers say that they end, in words of other programs than the contract's own: the cause that is named first, alone. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { podEvent, restarted } from '../support/pod-states.js';
import { ended, TRACEBACK } from './pod-changes.js';

const LIMIT = 'WARNING:  Maximum request limit of 20 exceeded. Terminating process.';

describe('the only cause', () => {
  test.each<[cause: string, exitCode: number, ...lines: string[]]>([
    ['crash/interpreter-broken', 1, ...TRACEBACK, "ModuleNotFoundError: No module named '_ssl'"],
    ['crash/interpreter-broken', 1, ...TRACEBACK, "ModuleNotFoundError: No module named '_sqlite3'"],
    ['crash/interpreter-broken', 1, ...TRACEBACK, "ModuleNotFoundError: No module named '_ctypes'"],
    ['crash/interpreter-broken', 1, ...TRACEBACK, "ModuleNotFoundError: No module named 'zlib'"],
    ['crash/import-error', 1, ...TRACEBACK, "ModuleNotFoundError: No module named '_cffi_backend'"],
    [
      'crash/import-error',
      1,
      'hypercorn.utils.NoAppError: Cannot load application from "app.main:api", application not found.',
    ],
    ['crash/missing-environment', 1, '/entrypoint.sh: line 3: DATABASE_URL: parameter null or not set'],
    ['crash/missing-environment', 2, '/entrypoint.sh: 3: DATABASE_URL: parameter not set'],
    ['crash/missing-environment', 1, './start.sh: line 12: BETTER_AUTH_SECRET: unbound variable'],
    ['crash/missing-environment', 1, 'start.sh: line 2: DATABASE_URL: must be set'],
    ['crash/permission-denied', 1, 'Error: listen EACCES: permission denied 0.0.0.0:80'],
    ['crash/permission-denied', 1, "Error: EACCES: permission denied, open '/var/log/app.log'"],
    ['crash/permission-denied', 1, 'listen tcp :80: bind: permission denied'],
    ['crash/read-only-filesystem', 1, "Error: EROFS: read-only file system, open '/app/x.log'"],
    ['crash/read-only-filesystem', 1, 'open /app/x.log: read-only file system'],
    ['crash/too-many-files', 1, "Error: EMFILE: too many open files, open '/app/x'"],
    ['crash/too-many-files', 1, "OSError: [Errno 24] Too many open files: '/app/x'"],
    ['crash/disk-full', 1, 'Error: ENOSPC: no space left on device, write'],
    ['crash/disk-full', 1, 'write /app/cache/x: no space left on device'],
    ['crash/disk-full', 1, "OSError: [Errno 122] Disk quota exceeded: '/data/x'"],
    // It ends with 0 by itself: another code has another reason.
    ['crash/startup-exception', 1, LIMIT, 'INFO:     Shutting down'],
    ['crash/startup-exception', 1, LIMIT, ...TRACEBACK, 'RuntimeError: cannot flush the cache'],
    ['crash/permission-denied', 1, "PermissionError: [Errno 13] Permission denied: '/data'", LIMIT],
    ['crash/request-limit', 0, LIMIT, 'INFO:     Shutting down', 'INFO:     Finished server process [1]'],
  ])('%s, exit code %d: %s', async (cause, exitCode, ...lines) => {
    const { causes } = await diagnosed(ended(exitCode, lines));
    expect(causes).toEqual([cause]);
  });
});

describe('ended by a signal', () => {
  const INTERRUPT = [...TRACEBACK.slice(0, 2), 'KeyboardInterrupt'];
  test.each<[cause: string, says: RegExp, exitCode: number, ...lines: string[]]>([
    ['crash/liveness-killed', /told to end \(SIGINT, exit code 130\)/, 130],
    ['crash/liveness-killed', /told to end \(SIGINT, exit code 130\)/, 130, 'INFO:     Shutting down'],
    ['crash/liveness-killed', /told to end \(SIGINT, exit code 130\)/, 130, ...INTERRUPT],
    ['crash/liveness-killed', /told to end \(SIGTERM, exit code 143\)/, 143],
    // What it says itself has another reason than the signal.
    ['crash/missing-environment', /DATABASE_URL/, 130, ...TRACEBACK, "KeyError: 'DATABASE_URL'"],
    ['crash/signal', /ended by SIGPIPE \(exit code 141\): it wrote to a pipe/, 141],
    ['crash/signal', /ended by SIGALRM \(exit code 142\)/, 142],
    ['crash/signal', /ended by SIGUSR1 \(exit code 138\)/, 138],
    ['crash/signal', /ended by SIGUSR2 \(exit code 140\)/, 140],
    ['crash/signal', /ended by SIGXCPU \(exit code 152\): .*ulimit -t/, 152],
    ['crash/signal', /ended by SIGXFSZ \(exit code 153\)/, 153],
    ['crash/signal', /ended by SIGQUIT \(exit code 131\)/, 131],
    ['crash/startup-exception', /exit code 1\)/, 1, ...INTERRUPT],
  ])('%s, %s: exit code %d: %s', async (cause, says, exitCode, ...lines) => {
    const { diagnoses } = await diagnosed(ended(exitCode, lines));
    expect(diagnoses.map((each) => each.cause)).toEqual([cause]);
    expect(diagnoses[0]?.summary).toMatch(says);
  });

  test.each([0, 129, 130, 131, 137, 143])(
    'exit code %d, where the kubelet says that it ended the container for its probe',
    async (exitCode) => {
      const { diagnoses } = await diagnosed((evidence) => {
        restarted(evidence, 0, { exitCode }, { secondsAgo: 60 });
        podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
          secondsAgo: 60,
        });
      });
      expect(diagnoses[0]).toMatchObject({ cause: 'crash/liveness-killed', verdict: 'confirmed' });
    },
  );
});
