/** Runs the bodies of test files outside of Jest, for what their states show: no expectation is judged, none fails. */
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { listeners } from '../test/support/check-context.js';
import { bodies } from './jest-globals.js';

const globals = pathToFileURL(path.join(import.meta.dirname, 'jest-globals.ts')).href;
const hook = `export const resolve = (specifier, context, next) =>
  next(specifier === '@jest/globals' ? ${JSON.stringify(globals)} : specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

/** What the check says of the first state in its own test in which it finds something wrong. @param id `<suite>/<name>` */
export async function firstFinding(id: string): Promise<string | undefined> {
  let found: string | undefined;
  const listener: Parameters<typeof listeners.add>[0] = ({ meta }, { status, messages }) => {
    if (meta.id === id && (status === 'fail' || status === 'warn')) found ??= messages[0];
  };
  listeners.add(listener);
  await import(pathToFileURL(path.join(import.meta.dirname, '../test/checks', `${id}.test.ts`)).href);
  for (const body of bodies.splice(0)) {
    if (found !== undefined) break;
    // A body that throws has shown what it has shown until then.
    await Promise.resolve()
      .then(body)
      .catch(() => undefined);
  }
  listeners.delete(listener);
  return found;
}
