/** A sample of `npm run fuzz:redaction`. */
import { expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { createHider } from '../../src/evidence/hide.js';
import { createRedactor } from '../../src/evidence/redaction.js';
import { EXTENT, fuzzCases, leaked, passedThrough } from './redaction-fuzz.js';

const SECRETS = 3;
const LINES = 80;

test('no eight characters of a secret come through, whatever it is made of, however it is written and cut', () => {
  expect(EXTENT.alphabets).toBeGreaterThanOrEqual(10);
  expect(EXTENT.forms).toBeGreaterThanOrEqual(40);
  let cases = 0;
  const found: unknown[] = [];
  for (const { secret, cases: own } of fuzzCases(20_260_209, SECRETS, LINES)) {
    const redactor = createRedactor();
    const hider = createHider(DEFAULT_CONTRACT, redactor);
    hider.learn(secret);
    for (const each of own) {
      const pieces = leaked(each, passedThrough(hider, redactor, each.lines));
      if (pieces.length > 0) found.push({ ...each, pieces });
    }
    cases += own.length;
  }
  expect(found).toEqual([]);
  expect(cases).toBe(EXTENT.alphabets * SECRETS * LINES);
});

test('what is looked for is there before', () => {
  const all = [...fuzzCases(1, 2, 40)].flatMap(({ cases }) => cases);
  const whole = all.filter(({ cut }) => cut === 'whole');
  expect(whole.length).toBeGreaterThan(40);
  // A secret of twelve characters in base64 has no piece of its own of this length.
  const telling = whole.filter((each) => each.pieces.length > 0);
  expect(telling.length).toBeGreaterThan(0.9 * whole.length);
  expect(telling.filter((each) => leaked(each, each.lines).length === 0)).toEqual([]);
});

/** What Python, pydantic, Go and the kubelet made of secrets in logs that people have shown each other. */
test.each([
  [
    "input_value={'database_url': 'postgre...4Ef6Gh8Jk0LmNoPqRsTuVw'}",
    'Ab3cD4Ef6Gh8Jk0LmNoPqRsTuVw',
    "input_value={'database_url': 'postgre...(value hidden)'}",
  ],
  ['password=kNB@6.)_X|5n6d user=u', 'kNB@6.)_X|5n6d', 'password=(value hidden) user=u'],
  [
    'FATAL: password "p\\xf8ssw\\xf8rd-77" is wrong',
    'pøsswørd-77',
    'FATAL: password "(value hidden)" is wrong',
  ],
  [
    '{"msg":"{\\"key\\":\\"a\\\\\\"b\\\\\\"c-0123\\"}"}',
    'a"b"c-0123',
    '{"msg":"{\\"key\\":\\"(value hidden)\\"}"}',
  ],
  ['token=aB%252Fc%252Bd0123 x', 'aB/c+d0123', 'token=(value hidden) x'],
  ['key MFRGGZDFMZTWQ2LKNNWG23TPOA======', 'abcdefghijklmnop', 'key (value hidden)'],
  ['serial 61:62:63:64:65:66:67:68:69 of it', 'abcdefghi', 'serial (value hidden) of it'],
  ["export A='it'\\''s-a-secret-7'", "it's-a-secret-7", "export A='(value hidden)'"],
  ['Secret(\n  one-two\tthree4)', 'one-two\tthree4', 'Secret(\n  (value hidden))'],
  [
    'could not resolve "rd@db-secret-5.example"',
    'passwo@RD@DB-SECRET-5',
    'could not resolve "(value hidden).example"',
  ],
])('%j', (text, secret, shown) => {
  const hider = createHider(DEFAULT_CONTRACT, createRedactor());
  hider.learn(secret);
  expect(hider.text(text)).toBe(shown);
});
