/**
 * Makes text harmless for where it goes. Texts of the cluster were cleaned when they were read; each format still
 * neutralises its own metacharacters, so that no format depends on what others do.
 */

/** CSI, OSC and two-character escape sequences (ECMA-48), 7-bit and 8-bit. */
const ESCAPE_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
/** C0 but for line feed and tab, DEL, C1. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Characters that change the direction of text, or are invisible: marks, embeddings, isolates, tags, byte order mark. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text without escape sequences, control and invisible characters; line feeds stay, tabs become a space. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** Printable text on one line, runs of white space as one space. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/**
 * Breaks what GitHub's runner would take for a command in the log of any step: `::name …::` at the start of a line,
 * and the older `##[name]` anywhere. A line may start at any word, because text is wrapped.
 */
export function defuseCommands(text: string): string {
  return text.replace(/(^|\s)::(?=[A-Za-z])/g, '$1: :').replaceAll('##[', '# #[');
}

/** The typography of reports, in ASCII. */
const IN_ASCII: Record<string, string> = {
  '·': '|',
  '•': '*',
  '…': '...',
  '–': '-',
  '—': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '→': '->',
  '\u00a0': ' ',
};

/** ASCII only; a character without a counterpart becomes `?`. */
export function toAscii(text: string): string {
  return text.replace(/[^\u0000-\u007e]/gu, (character) => IN_ASCII[character] ?? '?');
}

/** JSON whose strings hold nothing that a terminal or GitHub's runner would act on; it parses to the same value. */
export function safeJson(json: string): string {
  const escaped = (text: string) =>
    Array.from(
      { length: text.length },
      (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join('');
  // Outside its strings JSON has none of these, and JSON.stringify has escaped C0 already.
  return json
    .replace(/[\u007f-\u009f]/g, escaped)
    .replace(INVISIBLE, escaped)
    .replaceAll('##[', '#\\u0023[');
}

/** Whether a text must be quoted and escaped in YAML, whose other scalars show it as it is. */
export function hasUnsafe(text: string): boolean {
  return printable(text) !== text || defuseCommands(text) !== text;
}

/** One line of Markdown text (GitHub's dialect) in which nothing is markup, a mention or a reference. */
export function markdownText(text: string): string {
  return defuseCommands(oneLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]{}|~$]/g, '\\$&')
    .replace(/[@#](?=\w)/g, '$&<!-- -->');
}

/** A Markdown code span that shows `text` as it is. */
export function markdownCode(text: string): string {
  const content = defuseCommands(oneLine(text)) || ' ';
  const fence = '`'.repeat(longestRun(content, '`') + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A code span or text for a cell of a table, where a bar would end the cell even in code. */
export function tableCell(markdown: string): string {
  return markdown.replace(/(?<!\\)\|/g, '\\|');
}

/** A Markdown block that shows `text` as it is. */
export function markdownBlock(text: string, language: string): string {
  const content = defuseCommands(printable(text));
  const fence = '`'.repeat(Math.max(3, longestRun(content, '`') + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const each of text) {
    run = each === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Text for XML 1.0: without the characters that it does not allow. Markup is escaped by what writes the XML. */
export function xmlText(text: string): string {
  return defuseCommands(printable(text)).replace(/[\ufffe\uffff]/g, '');
}

/** Text for a CDATA section, which `]]>` would end. */
export function xmlCdata(text: string): string {
  return xmlText(text).replaceAll(']]>', ']] >');
}

/** The message of a GitHub workflow command. */
export function githubMessage(text: string): string {
  return defuseCommands(printable(text))
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
}

/** A property of a GitHub workflow command. */
export function githubProperty(text: string): string {
  return githubMessage(oneLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
