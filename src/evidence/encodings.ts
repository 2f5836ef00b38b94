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
  for (const form of [...urlForms(value), ...escapedForms(value)]) add(form);
  for (const form of [...base64Forms(bytes), ...base64Forms(Buffer.from(base64))]) add(form);
  const hex = bytes.toString('hex');
  add(hex);
  add(hex.toUpperCase());
  forms.add(value);
  return forms;
}

function urlForms(value: string): string[] {
  // A lone surrogate has no percent-encoding: encodeURIComponent throws on it.
  const text = value.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, strict, encodeURI(text), strict.replaceAll('%20', '+')];
  const lower = (form: string) => form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  // `%25`: encoded once more, as a URL inside another URL's query.
  return [...forms, ...forms.map(lower), encodeURIComponent(component)];
}

function escapedForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
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
  return [
    json,
    lower(json),
    upper(json),
    json.replaceAll('/', '\\/'),
    goSafe(json),
    goSafe(lower(json)),
    safe(json, (hex) => hex),
    safe(json, (hex) => hex.toUpperCase()),
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(goSafe(json)).slice(1, -1),
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
    html('&#39;', '&quot;'),
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
