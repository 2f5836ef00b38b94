import { describe, expect, test } from '@jest/globals';
import { createRedactor, REDACTED } from '../../src/evidence/redaction.js';
import { LINEAR_MS } from '../support/patience.js';

const SECRET = `Zq7&"x<y>'é /%+=?@:#$k9|_`;

const escapeXml = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');

const inner = (text: string) => JSON.stringify(text).slice(1, -1);

function passwordOf(text: string): string {
  const url = new URL('http://user@host/');
  url.password = text;
  return url.password;
}

const FORMS: [string, string][] = [
  ['raw', SECRET],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64url', Buffer.from(SECRET).toString('base64url')],
  ['base64 of base64', Buffer.from(Buffer.from(SECRET).toString('base64')).toString('base64')],
  ['URL', encodeURIComponent(SECRET)],
  ['URL, lower case', encodeURIComponent(SECRET).replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())],
  ['form', new URLSearchParams({ v: SECRET }).toString().slice(2)],
  ['JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
  [
    'JSON of Go',
    JSON.stringify(SECRET)
      .slice(1, -1)
      .replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  ],
  [
    'unicode-escaped',
    Array.from(SECRET, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  ['HTML', escapeXml(SECRET).replaceAll('&apos;', '&#39;')],
  ['HTML text', escapeXml(SECRET).replaceAll('&apos;', "'").replaceAll('&quot;', '"')],
  ['XML', escapeXml(SECRET)],
  ['hex', Buffer.from(SECRET).toString('hex')],
  ['YAML, single-quoted', SECRET.replaceAll("'", "''")],
  ['shell, single-quoted', SECRET.replaceAll("'", "'\\''")],
  ['URL of Python', encodeURIComponent(SECRET).replaceAll('%2F', '/').replaceAll("'", '%27')],
  [
    'URL of Java',
    encodeURIComponent(SECRET).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('~', '%7E'),
  ],
  ['password of a URL', passwordOf(SECRET)],
  [
    'path of a URL in Go',
    encodeURIComponent(SECRET)
      .replace(/%(26|2B|3D|3A|40|24)/g, decodeURIComponent)
      .replaceAll("'", '%27'),
  ],
  ['JSON in a query', encodeURIComponent(inner(SECRET))],
  ['JSON in JSON in JSON', inner(inner(inner(SECRET)))],
  ['ASCII JSON in JSON', inner(inner(SECRET).replaceAll('é', '\\u00e9'))],
  ['JSON in base64', Buffer.from(inner(SECRET)).toString('base64')],
  ['JSON in HTML', escapeXml(inner(SECRET)).replaceAll('&apos;', '&#39;')],
  ['HTML in HTML', escapeXml(escapeXml(SECRET).replaceAll('&apos;', '&#39;'))],
  ['UTF-16 in base64', Buffer.from(SECRET, 'utf16le').toString('base64')],
  ['UTF-16 in hex', Buffer.from(SECRET, 'utf16le').toString('hex')],
  ['base64url in base64', Buffer.from(Buffer.from(SECRET).toString('base64url')).toString('base64')],
  ['bytes of Python', SECRET.replaceAll("'", "\\'").replaceAll('é', '\\xc3\\xa9')],
  ['list of bytes', [...Buffer.from(SECRET)].join(', ')],
  ['buffer in JSON', JSON.stringify([...Buffer.from(SECRET)]).slice(1, -1)],
  ['hexdump', [...Buffer.from(SECRET)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')],
  ['octal', [...Buffer.from(SECRET)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')],
];

function redactorOf(...values: string[]) {
  const redactor = createRedactor(['todo-chatbot-backend', 'default']);
  for (const value of values) redactor.add(value);
  return redactor;
}

describe('redact', () => {
  test.each(FORMS)('%s', (_name, form) => {
    const redacted = redactorOf(SECRET).redact(`before ${form} after`);
    expect(redacted).toBe(`before ${REDACTED} after`);
  });

  test.each([0, 1, 2, 3, 4, 5])('base64 of something longer, %i bytes in', (shift) => {
    const value = 'correct-horse-battery-staple';
    const encoded = Buffer.from(`${'x'.repeat(shift)}${value}yyyy`).toString('base64');
    const redacted = redactorOf(value).redact(encoded);
    expect(redacted).toContain(REDACTED);
    // What is left decides at most a character at each border.
    expect(redacted.replace(REDACTED, '').length).toBeLessThan(encoded.length - 30);
  });

  test.each([64, 76])('base64 in lines of %i characters, each of them by itself', (width) => {
    const value = Array.from({ length: 12 }, (_, index) => `longer-than-a-line-${index}`).join('/');
    const lines =
      Buffer.from(value)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    expect(lines.length).toBeGreaterThan(3);
    const redactor = redactorOf(value);
    expect(lines.map((line) => redactor.redact(`| ${line}`))).toEqual(lines.map(() => `| ${REDACTED}`));
  });

  test('the longest first: a part does not break the match of the whole', () => {
    const redactor = redactorOf('Passw0rd-77', 'postgresql://someuser:Passw0rd-77@host.example/db');
    expect(redactor.redact('postgresql://someuser:Passw0rd-77@host.example/db')).toBe(REDACTED);
    expect(redactor.redact('only Passw0rd-77 here')).toBe(`only ${REDACTED} here`);
  });

  test('surrounding blanks do not matter', () => {
    expect(redactorOf('  sec-ret-value\n').redact('x=sec-ret-value')).toBe(`x=${REDACTED}`);
  });

  test.each([
    'a',
    'admin',
    'hunter2',
    'chatbot',
    'default',
    'database',
    'Running',
    'IfNotPresent',
    'database-url',
  ])('%s says nothing, and no gap says it', (value) => {
    const text = `${value} of todo-chatbot-backend in default: ${value}!`;
    expect(redactorOf(value).redact(text)).toBe(text);
  });

  test('words of a sentence that are cut through are words', () => {
    const redactor = redactorOf('cAn4ry/secret with/9', 'x the deployment of 7');
    const text = 'Pods use the URL from before the Secret was changed; the deployments offer none';
    expect(redactor.redact(text)).toBe(text);
    expect(redactor.redact('/secret with/9')).toBe(REDACTED);
  });

  test('a key of several lines is recognised line by line', () => {
    const redactor = redactorOf(
      '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----',
    );
    expect(redactor.redact('log: MIIEvQIBADANBgkqhkiG9w0B')).toBe(`log: ${REDACTED}`);
  });

  test('deep values; keys, names and words of an API stay', () => {
    const value = {
      'x sec-ret-value': ['sec-ret-value', 1, null],
      kind: 'sec-ret-value',
      name: 'a sec-ret-value',
    };
    expect(redactorOf('sec-ret-value').redactDeep(value)).toEqual({
      'x sec-ret-value': [REDACTED, 1, null],
      kind: 'sec-ret-value',
      // No name has blanks in it.
      name: `a ${REDACTED}`,
    });
  });

  test.each([
    ['Äpfel-Übergröße', 'äPFEL-üBERGRÖßE'],
    ['пароль-Ключ-9', 'пароль-Ключ-9'],
    ['密码密码密码密码x', '密码密码密码密码x'],
    ['Ķey-Šecret-ž-0', 'ĶEY-ŠECRET-ž-0'],
    ['İstanbul-Σίσυφος', 'İSTANBUL-Σίσυφος'],
    ['one two\tthree', 'one\u00a0two\vthree'],
  ])('letters beyond ASCII: %s', (secret, text) => {
    for (const before of ['', 'a', 'ab', 'abc', 'Žu'])
      expect(redactorOf(secret).redact(`${before} ${text} after`)).toBe(`${before} ${REDACTED} after`);
  });

  test('other characters beyond ASCII are no secret', () => {
    const text = 'пароли-Замки-9 密钥密钥密钥密钥x Apfel-Ubergrosse';
    expect(redactorOf('пароль-Ключ-9', '密码密码密码密码x', 'Äpfel-Übergröße').redact(text)).toBe(text);
  });

  test('a value with a lone surrogate does no harm', () => {
    expect(redactorOf('abc\ud800defgh').redact('x abc\ud800defgh')).toBe(`x ${REDACTED}`);
  });

  test('a text that held none is looked at again as soon as another secret is known', () => {
    const redactor = redactorOf('first-secret-of-two');
    const text = 'log in as hunter2-and-more';
    expect(redactor.redact(text)).toBe(text);
    redactor.add('hunter2-and-more');
    expect(redactor.redact(text)).toBe(`log in as ${REDACTED}`);
  });

  test('a megabyte is redacted in linear time', () => {
    const redactor = redactorOf(
      ...Array.from({ length: 12 }, (_, i) => `secret-number-${i}-${'q'.repeat(i)}`),
    );
    const begin = performance.now();
    redactor.redact('lorem ipsum dolor sit amet, '.repeat(40_000));
    expect(performance.now() - begin).toBeLessThan(LINEAR_MS);
  });
});

test('a part of a name that must be shown, which a secret has too, is no secret there', () => {
  const redactor = createRedactor(['fa-secret-key']);
  redactor.add('a-signing-secret-of-these-trials-0123456789');
  expect(redactor.redact('kubectl -n fa-secret-key get pods')).toBe('kubectl -n fa-secret-key get pods');
  // What is longer than that part, or no part of it, is hidden as ever.
  expect(redactor.redact('it is a-signing-secret-of-these')).not.toContain('signing');
  expect(redactor.redact('x-secret-of-these-y')).not.toContain('of-these');
});
