/** The forms that a secret may take on its way through logs, JSON, YAML, HTML, XML, URLs and shells. */

/** Encoded forms shorter than this say nothing about a value, and would match by chance. */
const MIN_ENCODED = 8;

/** Every form of `value`, the raw one included. */
export function encodedForms(value: string): Set<string> {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64');
  const forms = new Set<string>();
  const add = (form: string) => {
    if (form.length >= MIN_ENCODED) forms.add(form);
  };
  // As PowerShell and .NET have text.
  const wide = Buffer.from(value, 'utf16le');
  for (const form of [...urlForms(value), ...escapedForms(value), ...byteForms(bytes)]) add(form);
  for (const form of [...base64Forms(bytes), ...base64Forms(wide), ...wrappedForms(base64)]) add(form);
  // Twice, and of what stands in a JSON document.
  const inner = [base64, bytes.toString('base64url'), JSON.stringify(value).slice(1, -1)];
  for (const form of inner.flatMap((text) => base64Forms(Buffer.from(text)))) add(form);
  add(wide.toString('hex'));
  forms.add(value);
  return forms;
}

/** Characters that encoders of URLs leave as they are, beside letters, digits and `-_.`. */
const UNRESERVED = [
  // Python's quote.
  '/~',
  // Go's PathEscape, its user information, and its query.
  '~$&+=:@',
  '~$&+,;=',
  '~',
  // Java's and a form's.
  '*',
  // The URL standard's path, user information and query, in Node and in browsers.
  "!$%&'()*+,/:;=@[]|~",
  "!$%&'()*+,~",
  '!$%&()*+,/:;=?@[]|~`^{}\\',
  // JavaScript's old escape.
  '@*+/',
];

/** Percent-encodings of a text, one for each kind of encoder. */
function percentEncoded(text: string): string[] {
  // What every encoder leaves as it is, in one piece, and the characters between.
  const pieces = text.match(/[\w.-]+|[^]/gu) ?? [];
  const encoded = pieces.map((piece) => (/^[\w.-]/.test(piece) ? piece : escapedBytes(piece)));
  return UNRESERVED.map((unreserved) =>
    pieces.map((piece, index) => (unreserved.includes(piece) ? piece : (encoded[index] ?? ''))).join(''),
  );
}

function escapedBytes(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&');
}

function urlForms(value: string): string[] {
  // Nothing in it that any encoder changes.
  if (/^[\w.-]*$/.test(value)) return [value];
  // A lone surrogate has no percent-encoding: encodeURIComponent throws on it.
  const text = value.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, escapedBytes);
  const encoded = [component, strict, encodeURI(text), ...percentEncoded(text)];
  const forms = [...encoded, ...encoded.map((form) => form.replaceAll('%20', '+'))];
  const lower = (form: string) => form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  // `%25`: encoded once more, as a URL inside another URL's query. And as a JSON document in a query.
  const again = [component, JSON.stringify(text).slice(1, -1)].map(encodeURIComponent);
  return [...forms, ...forms.map(lower), ...again];
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapedForms(value: string): string[] {
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  const json = quoted(value);
  const unicode = (digits: (hex: string) => string) => (text: string) =>
    text.replace(/[^\0-\x7f]/g, (c) => `\\u${digits(c.charCodeAt(0).toString(16).padStart(4, '0'))}`);
  const lower = unicode((hex) => hex);
  const upper = unicode((hex) => hex.toUpperCase());
  // Go's and other encoders' JSON, which may stand inside HTML.
  const safe = (text: string, digits: (hex: string) => string) =>
    text.replace(/[<>&'+=]/g, (c) => `\\u${digits(c.charCodeAt(0).toString(16).padStart(4, '0'))}`);
  const goSafe = (text: string) => text.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  const every = (prefix: string, suffix = '', width = 0, upperCase = false) =>
    Array.from(value, (c) => {
      const hex = (c.codePointAt(0) ?? 0).toString(16).padStart(width, '0');
      return `${prefix}${upperCase ? hex.toUpperCase() : hex}${suffix}`;
    }).join('');
  const html = (apostrophe: string, quote: string) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', quote)
      .replaceAll("'", apostrophe);
  const page = html('&#39;', '&quot;');
  return [
    json,
    lower(json),
    upper(json),
    json.replaceAll('/', '\\/'),
    goSafe(json),
    goSafe(lower(json)),
    safe(json, (hex) => hex),
    safe(json, (hex) => hex.toUpperCase()),
    // Inside another document, and that one inside a third.
    quoted(json),
    quoted(quoted(json)),
    quoted(lower(json)),
    quoted(goSafe(json)),
    every('\\u', '', 4),
    every('\\u', '', 4, true),
    every('\\x', '', 2),
    every('&#x', ';'),
    every('&#x', ';', 0, true),
    Array.from(value, (c) => `&#${c.codePointAt(0) ?? 0};`).join(''),
    // HTML and XML whose special characters alone are numbers.
    value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
    value.replace(/[&<>"']/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`),
    html("'", '"'),
    html("'", '&quot;'),
    html('&#39;', '"'),
    page,
    page.replaceAll('&', '&amp;'),
    quoted(page),
    json.replace(/[&<>"']/g, (c) => HTML[c] ?? c),
    html('&#039;', '&quot;'),
    html('&#x27;', '&quot;'),
    html('&apos;', '&quot;'),
    html('&#39;', '&#34;'),
    // Single-quoted: Python's repr, YAML, a shell.
    value.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    value.replaceAll("'", "''"),
    value.replaceAll("'", "'\\''"),
    // Markdown.
    value.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, '\\$&'),
    value.replaceAll('|', '\\|'),
  ];
}

/** The bytes one by one, as Python, C, Node and hexdump print them. */
function byteForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  const numbers = Array.from(bytes);
  return [
    hex,
    hex.toUpperCase(),
    hex.replace(/..(?!$)/g, '$& '),
    hex.replace(/../g, '\\x$&'),
    numbers.join(','),
    numbers.join(', '),
    // Python's `bytes`: as text, where that is ASCII.
    numbers
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
      .join('')
      .replaceAll("'", "\\'"),
    numbers.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  ];
}

/** The lines of base64 that is broken at 64 (PEM) or 76 characters (MIME, the base64 command). */
function wrappedForms(base64: string): string[] {
  return [64, 76].flatMap((width) => {
    if (base64.length <= width) return [];
    return base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  });
}

/**
 * Base64 and base64url of the bytes by themselves, and the characters that they alone decide when they stand inside
 * something longer, at each of the three alignments.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const forms = [whole, whole.replace(/=+$/, '')];
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    forms.push(encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6)));
  }
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}
