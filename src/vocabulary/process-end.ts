/** Why a process says that it ends: the words of Python, uvicorn, gunicorn, click, argparse, pydantic, Alembic and the kernel. */
import { NOT_LOADED } from './not-loaded.js';
import { NOT_TAKEN } from './not-taken.js';
import type { Words } from './vocabulary.js';

export type EndMeaning =
  | `crash/${
      | 'bad-arguments'
      | 'command-not-found'
      | 'crlf-script'
      | 'disk-full'
      | 'import-error'
      | 'interpreter-broken'
      | 'migration-failed'
      | 'missing-environment'
      | 'permission-denied'
      | 'port-in-use'
      | 'read-only-filesystem'
      | 'request-limit'
      | 'settings-invalid'
      | 'startup-exception'
      | 'too-many-files'}`
  | 'image/wrong-architecture';

/** `$1` is what it names: the module, the variable, the option, the path. The more specific phrase first. */
export const END_WORDS: readonly Words<EndMeaning>[] = [
  {
    says: /Error loading ASGI app\. Could not import module "([^"]{1,200})"/,
    by: 'uvicorn',
    means: 'crash/import-error',
    example: 'ERROR:    Error loading ASGI app. Could not import module "app.missing".',
  },
  {
    says: /Error loading ASGI app\. Attribute "([^"]{1,200})" not found/,
    by: 'uvicorn',
    means: 'crash/import-error',
    example: 'ERROR:    Error loading ASGI app. Attribute "application" not found in module "app.main".',
  },
  {
    says: /Import string "([^"]{1,200})" must be in format/,
    by: 'uvicorn: an application, or a class of its protocols, without a module and a colon',
    means: 'crash/bad-arguments',
    example:
      'ERROR:    Error loading ASGI app. Import string "main" must be in format "<module>:<attribute>".',
  },
  {
    says: /Failed to find attribute '([^']{1,200})' in/,
    by: 'gunicorn, hypercorn',
    means: 'crash/import-error',
    example: "Failed to find attribute 'application' in 'app.main'.",
  },
  {
    says: /No module named '(encodings|codecs|site|abc|io)'|Fatal Python error: ((?:init|Py_)\w{1,60}|Failed to import encodings module)/,
    by: 'Python, which does not find its own standard library',
    means: 'crash/interpreter-broken',
    example: "ModuleNotFoundError: No module named 'encodings'",
  },
  {
    says: /No module named '(_(?:asyncio|bz2|contextvars|ctypes|curses|datetime|dbm|decimal|elementtree|gdbm|hashlib|json|lzma|multiprocessing|pickle|posixsubprocess|queue|random|socket|sqlite3|ssl|struct|uuid|zoneinfo)|zlib|pyexpat|readline)'/,
    by: 'Python, which was built without a library of the system, or whose extension modules are of another version',
    means: 'crash/interpreter-broken',
    example: "ModuleNotFoundError: No module named '_ssl'",
  },
  {
    says: /Maximum request limit of (\d{1,12}) exceeded/,
    by: 'uvicorn',
    means: 'crash/request-limit',
    example: 'WARNING:  Maximum request limit of 1000 exceeded. Terminating process.',
  },
  {
    says: /\b(?:ModuleNotFoundError|ImportError|PackageNotFoundError): (.{1,300})/,
    by: 'Python, importlib.metadata',
    means: 'crash/import-error',
    example: "ModuleNotFoundError: No module named 'psycopg2'",
  },
  ...NOT_LOADED,
  {
    // Of the program's own file it is written without a traceback.
    says: /^((?:Syntax|Indentation|Tab)Error: .{1,300})/,
    by: 'Python',
    means: 'crash/startup-exception',
    example: "IndentationError: expected an indented block after 'if' statement on line 1",
  },
  {
    says: /^\/?(?:usr\/)?(?:bin\/)?(?:ba|da|a)?sh: (?:line )?(?:\d{1,6}: )?([^\s:]{1,200}): (?:command )?not found/,
    by: 'shells',
    means: 'crash/command-not-found',
    example: 'bash: line 1: uvicorn: command not found',
  },
  {
    says: /Cannot load application from "([^"]{1,200})"/,
    by: 'hypercorn',
    means: 'crash/import-error',
    example:
      'hypercorn.utils.NoAppError: Cannot load application from "app.main:application", application not found.',
  },
  {
    says: /^\S{1,200}: No module named ([\w.]{1,200})/,
    by: 'python -m',
    means: 'crash/import-error',
    example: '/usr/bin/python3: No module named gunicorn',
  },
  {
    says: /^\S{1,200}: (?:can't open file '([^']{1,300})'|can't find '__main__' module in '([^']{1,300})')/,
    by: 'python FILE',
    means: 'crash/command-not-found',
    example: "python3: can't open file '/app/server.py': [Errno 2] No such file or directory",
  },
  {
    says: /\bUnknown level: '(?<level>[^']{1,60})'/,
    by: 'Python’s logging',
    means: 'crash/settings-invalid',
    example: "ValueError: Unknown level: 'VERBOSE'",
  },
  ...NOT_TAKEN,
  {
    // A file of this name holds text: a program of another processor would have none of these ends.
    says: /\bexec (\/\S{1,200}\.(?:sh|bash|zsh|ksh|py|pl|rb|js|mjs|ts)|\/\S{0,200}entrypoint): exec format error/i,
    by: 'runc, the kernel: a script without #! in its first line',
    means: 'crash/crlf-script',
    example: 'exec /scripts/start.sh: exec format error',
  },
  {
    says: /exec format error/i,
    by: 'runc, crun, the kernel',
    means: 'image/wrong-architecture',
    example: 'exec /usr/local/bin/python3: exec format error',
  },
  {
    says: /(?:env: .{0,3}\S{1,60}\\r|\\r': command not found|bad interpreter: No such file|\^M: (?:bad interpreter|No such file)|env: .{0,3}[\w/-]{1,60}\r)/,
    by: 'env, bash',
    means: 'crash/crlf-script',
    example: "/usr/bin/env: 'bash\\r': No such file or directory",
  },
  {
    says: /\bexec (\/\S{1,200}): no such file or directory|exec container process (?:\(missing dynamic library\?\) )?`([^`]{1,200})`: No such file|exec user process caused:? "?no such file or directory/,
    by: 'runc, crun: the file is there, and its interpreter is not',
    means: 'crash/crlf-script',
    example: 'exec /app/start.sh: no such file or directory',
  },
  {
    says: /attempting to bind on address \('[^']{1,60}', (?<port>\d{1,5})\): permission denied/i,
    by: 'asyncio (uvicorn, hypercorn): a port below 1024',
    means: 'crash/permission-denied',
    example:
      "ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 80): permission denied",
  },
  {
    says: /Permission denied: \('[^']{1,60}', (?<port>\d{1,5})\)/i,
    by: 'gunicorn: a port below 1024',
    means: 'crash/permission-denied',
    example:
      "[2026-02-09 14:00:00 +0000] [1] [ERROR] Retrying in 1 second. Permission denied: ('0.0.0.0', 80)",
  },
  {
    says: /(?:\bEACCES: permission denied|\bbind: permission denied)(?:[ ,][^\n]{0,80}?:(?<port>\d{1,5})\b)?/i,
    by: 'Node, Go',
    means: 'crash/permission-denied',
    example: 'Error: listen EACCES: permission denied 0.0.0.0:80',
  },
  {
    says: /address already in use/i,
    by: 'Python, uvicorn, gunicorn',
    means: 'crash/port-in-use',
    example:
      "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
  },
  {
    says: /Connection in use: (?:\('[^']{1,60}', \d{1,5}\)|\S{1,80})/,
    by: 'gunicorn',
    means: 'crash/port-in-use',
    example: "[2026-02-09 14:00:00 +0000] [7] [ERROR] Connection in use: ('0.0.0.0', 8000)",
  },
  {
    // Not the database server's, whose disk it may be as well: its words have no number, and name a file of its own.
    says: /(?:\[Errno (?:28|122)\] |\bENOSPC: |\bwrite \/\S{1,300}: )(?:No space left on device|Disk quota exceeded)(?:(?:: |, \w{1,20} )'([^']{1,300})')?/i,
    by: 'the kernel',
    means: 'crash/disk-full',
    example: "OSError: [Errno 28] No space left on device: '/app/cache/model.bin'",
  },
  {
    says: /(?:\[Errno (?:23|24)\] |\bE[MN]FILE: )(?:Too many open files|file table overflow)/i,
    by: 'the kernel',
    means: 'crash/too-many-files',
    example: 'OSError: [Errno 24] Too many open files',
  },
  {
    says: /read-only file system(?:(?:: |, \w{1,20} )'([^']{1,300})')?/i,
    by: 'the kernel',
    means: 'crash/read-only-filesystem',
    example: "OSError: [Errno 30] Read-only file system: '/app/cache'",
  },
  {
    says: /Can't locate revision identified by '([^']{1,60})'/,
    by: 'Alembic',
    means: 'crash/migration-failed',
    example: "alembic.util.exc.CommandError: Can't locate revision identified by '1a2b3c4d'",
  },
  {
    says: /Multiple head revisions are present|Multiple heads are present|Target database is not up to date|Requested revision \S{1,60} overlaps|Can't find Python file \S{1,200}env\.py|No 'script_location' key found|Revision \S{1,60} is not an ancestor/,
    by: 'Alembic',
    means: 'crash/migration-failed',
    example:
      "FAILED: Multiple head revisions are present for given argument 'head'; please specify a specific target revision",
  },
  {
    says: /No config file '([^']{1,200})' found, or file has no '\[alembic\]' section/,
    by: 'Alembic',
    means: 'crash/migration-failed',
    example: "FAILED: No config file 'alembic.ini' found, or file has no '[alembic]' section",
  },
  {
    says: /\balembic\.util\.exc\.(\w{1,60})\b/,
    by: 'Alembic',
    means: 'crash/migration-failed',
    example: 'alembic.util.exc.CommandError: Path doesn’t exist: alembic',
  },
  {
    says: /error parsing value for field "([^"]{1,100})" from source/,
    by: 'pydantic-settings',
    means: 'crash/settings-invalid',
    example:
      'pydantic_settings.exceptions.SettingsError: error parsing value for field "cors_origins" from source "EnvSettingsSource"',
  },
  {
    says: /by setting the ([A-Z][A-Z0-9_]{2,60}) environment variable/,
    by: 'OpenAI and other clients',
    means: 'crash/missing-environment',
    example:
      'openai.OpenAIError: The api_key client option must be set either by passing api_key to the client or by setting the OPENAI_API_KEY environment variable',
  },
  {
    says: /[Ee]nvironment variables? ['"`]?([A-Z][A-Z0-9_]{2,60})['"`]? (?:(?:is |are |was |has |have )?(?:not |unset|undefined|missing|required|empty)|(?:must|has to|needs to|should) be )/,
    by: 'applications',
    means: 'crash/missing-environment',
    example: 'RuntimeError: Environment variable DATABASE_URL is not set',
  },
  {
    says: /['"`]?\b([A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,60})['"`]? (?:environment variable |env var |variable )?(?:(?:is|was|cannot be) (?:not (?:set|defined|configured|provided|given)|unset|required|missing|undefined|empty)|(?:must|has to|needs to|should) be (?:set|defined|provided|configured|given))/,
    by: 'applications',
    means: 'crash/missing-environment',
    example: 'ValueError: BETTER_AUTH_SECRET is required',
  },
  {
    says: /(?:[Mm]issing|[Uu]nset|[Uu]ndefined)(?: required| mandatory)?(?: environment| env| config(?:uration)?| settings?)? (?:variables?|vars?|settings?|keys?)?:? ?['"`[(]{0,2}([A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,60})/,
    by: 'applications',
    means: 'crash/missing-environment',
    example: 'RuntimeError: Missing required environment variables: DATABASE_URL, BETTER_AUTH_SECRET',
  },
  {
    says: /Set the ([A-Z][A-Z0-9_]{2,60}) environment variable|([A-Z][A-Z0-9_]{2,60}) not found\. Declare it as envvar/,
    by: 'django-environ, python-decouple',
    means: 'crash/missing-environment',
    example: 'django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable',
  },
  {
    says: /^\S{1,200}: (?:line )?(?:\d{1,6}: )?([A-Z][A-Z0-9_]{2,60}): (?:parameter (?:null or )?not set\b|unbound variable\b|(?:is |must be |not )?(?:not )?(?:set|defined|required|missing|empty)\b)/,
    by: 'shells: ${NAME:?} and set -u',
    means: 'crash/missing-environment',
    example: '/entrypoint.sh: line 3: DATABASE_URL: parameter null or not set',
  },
  {
    says: /Expected string or URL object, got None/,
    by: 'SQLAlchemy: create_engine(None)',
    means: 'crash/missing-environment',
    example: 'sqlalchemy.exc.ArgumentError: Expected string or URL object, got None',
  },
  {
    says: /No usable temporary directory found in \[(?<directories>[^\]\n]{1,300})\]/,
    by: 'Python’s tempfile: it may write to none of them',
    means: 'crash/read-only-filesystem',
    example:
      "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']",
  },
  {
    says: /(?:(?:['"‘](\/[^'"‘’]{1,300})['"’]|(\/[^\s'"‘’:]{1,300})): )?Permission denied(?:: '([^']{1,300})')?/,
    by: 'the kernel; shells and the tools of a system name the file first',
    means: 'crash/permission-denied',
    example: "PermissionError: [Errno 13] Permission denied: '/var/cache/todo'",
  },
];

/** Workers that die under a main process that lives. */
export const WORKER_ENDS: readonly { says: RegExp; by: string; find: string; example: string }[] = [
  {
    says: /Child process \[\d{1,10}\] died/,
    by: 'uvicorn',
    find: 'died',
    example: 'INFO:     Child process [14] died',
  },
  {
    says: /Worker \(pid:\d{1,10}\) was sent SIG(?!TERM|HUP|INT)/,
    by: 'gunicorn',
    find: "'was sent SIG'",
    example:
      '[2026-02-09 14:00:00 +0000] [1] [ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?',
  },
  {
    says: /Worker \(pid:\d{1,10}\) exited with code [1-9]/,
    by: 'gunicorn 21',
    find: "'exited with code'",
    example: '[2026-02-09 14:00:00 +0000] [1] [ERROR] Worker (pid:7) exited with code 1',
  },
];

/** The environment that the kubelet adds for Services (docker links): NAME_PORT=tcp://10.96.0.1:80. */
export const SERVICE_LINK = /tcp:\/\/[\d.]{7,15}:\d{1,5}/;
