/** Command lines that a program does not take, in the words of those that read them. */
import type { Words } from './vocabulary.js';

/** `$1` is the option that is wrong, or what is wrong with it. */
export const NOT_TAKEN: readonly Words<'crash/bad-arguments'>[] = [
  {
    says: /Invalid value for '(--?[\w-]{1,40})'(?: \/ '[^']{1,40}')?: /,
    by: 'click (uvicorn)',
    means: 'crash/bad-arguments',
    example: "Error: Invalid value for '--port': 'tcp://10.96.114.7:8000' is not a valid integer.",
  },
  {
    says: /\bNo such option:? '?(-{1,2}[\w-]{1,60})|\bOption '(-{1,2}[\w-]{1,60})' requires an argument/,
    by: 'click (uvicorn)',
    means: 'crash/bad-arguments',
    example: 'Error: No such option: --prot Did you mean --port?',
  },
  {
    says: /\bNo such option '(-{1,2}[\w-]{1,60})'|\bNo such command '([\w-]{1,60})'/,
    by: 'click 8.2',
    means: 'crash/bad-arguments',
    example: "Error: No such command 'serve'.",
  },
  {
    says: /\b(?:Missing argument|Got unexpected extra arguments?|No such command)\b ?(.{0,80})/,
    by: 'click (uvicorn)',
    means: 'crash/bad-arguments',
    example: "Error: Missing argument 'APP'.",
  },
  {
    says: /\berror: (?:unrecognized arguments|argument|the following arguments are required|invalid choice|ambiguous option|expected \w+ argument)\b:? ?(.{0,120})/,
    by: 'argparse (gunicorn, hypercorn, alembic)',
    means: 'crash/bad-arguments',
    example: 'gunicorn: error: unrecognized arguments: --worker 4',
  },
  {
    says: /\b(?:unknown option|unrecognized option|illegal option|invalid option)\b:? ?(?:--)? ?['"]?(-{0,2}[\w-]{1,60})?/i,
    by: 'getopt, Python',
    means: 'crash/bad-arguments',
    example: 'unknown option --prot',
  },
  {
    says: /^\/?(?:usr\/)?(?:bin\/)?(?:ba|da|a)?sh: (?:\d{1,6}: )?(-\w):? (?:option )?requires an argument/,
    by: 'shells: -c without a line to run',
    means: 'crash/bad-arguments',
    example: 'sh: 0: -c requires an argument',
  },
  {
    says: /Error loading ASGI app (?<factory>factory): /,
    by: 'uvicorn: --factory, and the application is none',
    means: 'crash/bad-arguments',
    example:
      "ERROR:    Error loading ASGI app factory: FastAPI.__call__() missing 3 required positional arguments: 'scope', 'receive', and 'send'",
  },
  {
    says: /\battempting to bind on address \('(?<address>[^']{1,60})', \d{1,5}[^)]{0,20}\): (?:\[errno \d+\] )?(?:cannot|can't) assign requested address/i,
    by: 'asyncio (uvicorn, hypercorn): an address that the pod does not have',
    means: 'crash/bad-arguments',
    example:
      "ERROR:    [Errno 99] error while attempting to bind on address ('10.0.0.5', 8000): cannot assign requested address",
  },
  {
    says: /Invalid address: \('(?<address>[^']{1,60})', \d{1,5}\)/,
    by: 'gunicorn: an address that the pod does not have',
    means: 'crash/bad-arguments',
    example: "[2026-02-09 14:00:00 +0000] [1] [ERROR] Invalid address: ('10.0.0.5', 8000)",
  },
  {
    says: /\bexec (?<tooLong>\/\S{1,200}): argument list too long/i,
    by: 'runc, the kernel (E2BIG): arguments and environment, or one of them, are too long',
    means: 'crash/bad-arguments',
    example: 'exec /usr/bin/python3: argument list too long',
  },
];
