/** How many processes a server is told to serve with: each takes memory of its own. */
import type { Container } from '../evidence/objects.js';

export interface Workers {
  count: number;
  /** The variable that says so; undefined: the command does. */
  variable?: string;
}

/** uvicorn's own variable (click: auto_envvar_prefix), and that of gunicorn and uvicorn. */
const VARIABLES = ['UVICORN_WORKERS', 'WEB_CONCURRENCY'];
const OPTION = /(?:^|\s)(?:--workers(?:=|\s+)|-w\s*)(\d{1,5})(?=\s|$)/;

/** As the container says itself; undefined where it says nothing, which is one. A command's option counts before variables. */
export function workersOf({ command = [], args = [], env = [] }: Container): Workers | undefined {
  const [, option] = OPTION.exec([...command, ...args].join(' ').slice(0, 2000)) ?? [];
  if (option !== undefined) return { count: Number(option) };
  for (const variable of VARIABLES) {
    const value = env.findLast(({ name }) => name === variable)?.value ?? '';
    if (/^\d{1,5}$/.test(value)) return { count: Number(value), variable };
  }
  return undefined;
}
