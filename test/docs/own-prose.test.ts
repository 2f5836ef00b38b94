/** No sentence of the program decides what it does: the rule of eslint.config.js finds where one would. */
import { ESLint } from 'eslint';
import { expect, jest, test } from '@jest/globals';

jest.setTimeout(60_000);

const eslint = new ESLint({
  overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: false } } },
  // Rules that ask for types cannot judge a text without a project.
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
});

async function isFound(code: string, filePath = 'src/engine/x.ts'): Promise<boolean> {
  const [result] = await eslint.lintText(code, { filePath });
  expect(result?.fatalErrorCount).toBe(0);
  return (result?.messages.length ?? 0) > 0;
}

test.each([
  ["if (result.message.includes('forbidden')) f();", true],
  ["if (event.message?.startsWith('Readiness')) f();", true],
  ["if ((event.message ?? '').endsWith('not a text')) f();", true],
  ['if (message.includes(`failed ${probe} probe`)) f();', true],
  ["const at = detail.indexOf('dns');", true],
  ['const [, port] = summary.match(/port (\\d+)/) ?? [];', true],
  ['if (/\\bforbidden\\b/.test(answer.detail)) f();', true],
  ["if (/memory/i.test(status.message ?? '')) f();", true],
  ['if (FORBIDDEN.test(message)) f();', true],
  ["if (finding.title === 'The image is missing') f();", true],
  ["switch (note) { case 'waits': f(); }", true],
  // What is compared with a value, is empty, or belongs to the vocabulary, depends on no wording.
  ['if (message.includes(name)) f();', false],
  ["if (result.message === '') f();", false],
  ['if (OF_COMMAND.says.test(message)) f();', false],
  ['const row = ROWS.find(({ says }) => says.test(message));', false],
  ["if (problem.code === 'unknown-key') f();", false],
  ["const short = message.replace(/\\.$/, '');", false],
])('%s', async (code, expected) => {
  expect(await isFound(code)).toBe(expected);
});

test.each([
  ['const port = 8000;', 'src/causes/service/x.ts', true],
  ['const port = 30081;', 'src/report/x.ts', true],
  // A port is never written in groups, a number of milliseconds is.
  ['const ms = 8_000;', 'src/evidence/x.ts', false],
  ["const text = 'curl localhost:30081';", 'src/report/html/x.ts', true],
  ['const text = `http://x:8000/${path}`;', 'src/computed/x.ts', true],
  ["const key = 'app.kubernetes.io/component';", 'src/diagnoses/db/x.ts', true],
  ["const key = 'app.kubernetes.io/component';", 'src/contract/x.ts', false],
  ['const ms = 18000;', 'src/engine/x.ts', false],
])('of one application: %s in %s', async (code, filePath, expected) => {
  expect(await isFound(code, filePath)).toBe(expected);
});
