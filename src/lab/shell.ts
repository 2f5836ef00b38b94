/**
 * A container's shell, simulated: there is no process behind a lab's pod. It knows quoting, variables, `;`, `&&`,
 * `||`, redirections to /dev/null and a handful of commands; whatever else is asked of it ends with 127 or 2, as an
 * unknown command or a syntax error does.
 */
import type { ContainerView } from './container-view.js';

export interface Output {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
}

type Program = (args: string[], shell: Shell, out: Output) => number;

interface Token {
  /** As written, with its quotes. */
  word?: string;
  operator?: string;
}

export class Shell {
  readonly #variables: Record<string, string>;
  #status = 0;
  #exited = false;

  constructor(readonly view: ContainerView) {
    this.#variables = view.environment();
  }

  /** True once `exit` ran. */
  get exited(): boolean {
    return this.#exited;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  /** Runs a script. @param positional `$0`, `$1`, … @returns the exit code */
  run(script: string, out: Output, positional: string[] = ['sh']): number {
    let tokens: Token[];
    try {
      tokens = tokenize(script);
    } catch (error) {
      out.stderr(`sh: 1: Syntax error: ${(error as Error).message}\n`);
      return (this.#status = 2);
    }
    let words: string[] = [];
    let skip = false;
    for (const { word, operator } of [...tokens, { operator: ';' }]) {
      if (word !== undefined) {
        words.push(word);
        continue;
      }
      // Expanded now, not when the script was read: `false; echo $?`. What expands to nothing is no word, unless quoted.
      words = words
        .map((raw) => ({ raw, text: unquote(raw, (name) => this.#expand(name, positional)) }))
        .filter(({ raw, text }) => text !== '' || /['"]/.test(raw))
        .map(({ text }) => text);
      if (words.length > 0 && !skip) this.#simple(words, out);
      words = [];
      if (this.#exited) break;
      if (operator === '&&') skip = this.#status !== 0;
      else if (operator === '||') skip = this.#status === 0;
      else skip = false;
    }
    return this.#status;
  }

  /** Runs one command. @returns the exit code */
  execute(argv: string[], out: Output): number {
    const [name = '', ...args] = argv;
    const program = PROGRAMS[name.replace(/^\/(usr\/)?(local\/)?bin\//, '')];
    if (program === undefined) {
      out.stderr(`sh: 1: ${name}: not found\n`);
      return 127;
    }
    return program(args, this, out);
  }

  exit(): void {
    this.#exited = true;
  }

  /** The exit code of the last command. */
  get status(): number {
    return this.#status;
  }

  #simple(words: string[], out: Output): void {
    const { argv, redirected } = redirect(words, out);
    const assignment = argv.length === 1 ? /^([A-Za-z_]\w*)=([^]*)$/.exec(argv[0] ?? '') : null;
    if (assignment) {
      this.#variables[assignment[1] ?? ''] = assignment[2] ?? '';
      this.#status = 0;
    } else {
      this.#status = this.execute(argv, redirected);
    }
  }

  #expand(name: string, positional: string[]): string {
    if (name === '?') return String(this.#status);
    if (/^\d$/.test(name)) return positional[Number(name)] ?? '';
    return this.#variables[name] ?? '';
  }
}

/** True when the container has a program of this name. */
export function hasProgram(name: string): boolean {
  return Object.hasOwn(PROGRAMS, name.replace(/^\/(usr\/)?(local\/)?bin\//, ''));
}

const PROGRAMS: Record<string, Program> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  echo: (args, _shell, out) => {
    const plain = args[0] === '-n';
    out.stdout(`${(plain ? args.slice(1) : args).join(' ')}${plain ? '' : '\n'}`);
    return 0;
  },
  exit: (args, shell) => {
    shell.exit();
    return args[0] === undefined ? shell.status : Number(args[0]) & 0xff;
  },
  env: (_args, shell, out) => {
    for (const [name, value] of Object.entries(shell.environment)) out.stdout(`${name}=${value}\n`);
    return 0;
  },
  printenv: (args, shell, out) => {
    const value = shell.environment[args[0] ?? ''];
    if (value === undefined) return 1;
    out.stdout(`${value}\n`);
    return 0;
  },
  hostname: (_args, { view }, out) => {
    out.stdout(`${view.pod.object.metadata.name}\n`);
    return 0;
  },
  whoami: (_args, { view }, out) => {
    out.stdout(`${userName(view.pod.uid)}\n`);
    return 0;
  },
  id: (args, { view }, out) => {
    const { uid } = view.pod;
    const name = userName(uid);
    out.stdout(
      args[0] === '-u' ? `${uid}\n` : `uid=${uid}(${name}) gid=${uid}(${name}) groups=${uid}(${name})\n`,
    );
    return 0;
  },
  pwd: (_args, _shell, out) => {
    out.stdout('/app\n');
    return 0;
  },
  date: (_args, _shell, out) => {
    out.stdout(`${new Date().toUTCString()}\n`);
    return 0;
  },
  uname: (args, { view }, out) => {
    out.stdout(
      args[0] === '-a' ? `Linux ${view.pod.object.metadata.name} 6.8.0 x86_64 GNU/Linux\n` : 'Linux\n',
    );
    return 0;
  },
  cat: (args, { view }, out) =>
    Math.max(
      0,
      ...args.map((path) => {
        const content = view.files()[path];
        if (content === undefined) out.stderr(`cat: ${path}: No such file or directory\n`);
        else out.stdout(content);
        return content === undefined ? 1 : 0;
      }),
    ),
  ls: (args, { view }, out) => {
    const path = (args.find((arg) => !arg.startsWith('-')) ?? '/app').replace(/(.)\/$/, '$1');
    const prefix = path === '/' ? '/' : `${path}/`;
    const inside = Object.keys(view.files()).filter((file) => file.startsWith(prefix));
    const names = [...new Set(inside.map((file) => file.slice(prefix.length).split('/')[0] ?? ''))];
    if (names.length > 0) out.stdout(`${names.sort().join('\n')}\n`);
    else if (path in view.files()) out.stdout(`${path}\n`);
    else out.stderr(`ls: cannot access '${path}': No such file or directory\n`);
    return names.length > 0 || path in view.files() ? 0 : 2;
  },
  getent: ([database, name = ''], { view }, out) => {
    const found = view.lookup(name);
    if ((database !== 'hosts' && database !== 'ahosts') || 'error' in found) return 2;
    for (const address of found.addresses) out.stdout(`${address.padEnd(15)} ${name}\n`);
    return 0;
  },
  sh: (args, { view }, out) =>
    args[0] === '-c' ? new Shell(view).run(args[1] ?? '', out, args.slice(2)) : 0,
};

function userName(uid: number): string {
  return uid === 0 ? 'root' : 'appuser';
}

/** Takes the redirections out of a command's words. */
function redirect(words: string[], out: Output): { argv: string[]; redirected: Output } {
  const redirected = { ...out };
  const argv = words.filter((word) => {
    if (word === '2>&1') redirected.stderr = redirected.stdout;
    else if (word === '>&2' || word === '1>&2') redirected.stdout = redirected.stderr;
    else if (word === '>/dev/null' || word === '1>/dev/null') redirected.stdout = () => undefined;
    else if (word === '2>/dev/null') redirected.stderr = () => undefined;
    else return true;
    return false;
  });
  return { argv, redirected };
}

/** Splits a script into words, still quoted, and operators. @throws Error for what the lab's shell cannot do */
function tokenize(script: string): Token[] {
  const pattern =
    /\s*(?:(#[^\n]*)|(&&|\|\||;|\n)|(\||&|<|`|\$\()|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|2>&1|[12]?>&2|[^\s;&|<`'"\\])+))/gy;
  const tokens: Token[] = [];
  const text = script.replace(/([12]?>)\s+(\/dev\/null)/g, '$1$2').replace(/[ \t]+$/, '');
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      if (text.slice(from).trim() === '') break;
      throw new Error('Unterminated quoted string');
    }
    const [, , operator, unsupported, word] = match;
    if (unsupported !== undefined)
      throw new Error(`"${unsupported}" unexpected (the lab’s shell does not know it)`);
    if (operator !== undefined) tokens.push({ operator });
    if (word !== undefined) tokens.push({ word });
  }
  return tokens;
}

function unquote(word: string, expand: (name: string) => string): string {
  const variables = (text: string) =>
    text.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*|[\d?]))/g, (_all, braced?: string, bare?: string) =>
      expand(braced ?? bare ?? ''),
    );
  return word.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)/g,
    (_all, single?: string, double?: string, escaped?: string, bare?: string) => {
      if (single !== undefined) return single;
      if (double !== undefined) return variables(double).replace(/\\(["\\$`])/g, '$1');
      return escaped ?? variables(bare ?? '');
    },
  );
}
