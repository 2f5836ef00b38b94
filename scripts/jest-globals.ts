/** What stands for @jest/globals in `tests-alone.ts`: bodies are kept to be run, expectations always hold. */

type Body = (...row: unknown[]) => unknown;

export const bodies: (() => unknown)[] = [];

/** Anything may be asked of it, and nothing comes of it. */
const anything: object = new Proxy(() => anything, {
  get: (_, key) => (key === 'then' ? undefined : anything),
});

interface Declare {
  (name: string, body: Body): void;
  each: (rows: readonly unknown[]) => (name: string, body: Body) => void;
}

function declaring(now: boolean): Declare {
  const declare = (_name: string, body: Body) => {
    if (now) body();
    else bodies.push(body);
  };
  const each = (rows: readonly unknown[]) => (name: string, body: Body) => {
    for (const row of rows) declare(name, () => body(...(Array.isArray(row) ? (row as unknown[]) : [row])));
  };
  return Object.assign(declare, { each });
}

export const describe = declaring(true);
export const test = declaring(false);
export const expect = anything;
export const jest = anything;
export const beforeAll = anything;
export const beforeEach = anything;
export const afterAll = anything;
export const afterEach = anything;
