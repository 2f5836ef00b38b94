/** The page's smallest parts: escaped text and a few elements. Markup is well-formed XML as well, so that it can be proven. */
import type { Status } from '../../engine/report.js';
import { defuseCommands, oneLine, printable } from '../escape.js';
import type { Part } from '../../rule/fix.js';
import { labelled } from '../remedy.js';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
};

function entities(value: string): string {
  return value.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/** Text on one line, for content and for attributes in double quotes. */
export function text(value: string | number): string {
  return entities(defuseCommands(oneLine(String(value))));
}

/** A value, a name or a command as it is. */
export function code(value: string): string {
  return `<code>${text(value)}</code>`;
}

/** Something to paste: a click selects all of it, where the browser can. */
export function pre(value: string): string {
  return `<pre tabindex="0"><code>${entities(defuseCommands(printable(value)))}</code></pre>`;
}

export const MARKS: Record<Status, { mark: string; word: string }> = {
  pass: { mark: '✔', word: 'passed' },
  fail: { mark: '✖', word: 'failed' },
  warn: { mark: '▲', word: 'warning' },
  unknown: { mark: '?', word: 'unknown' },
  blocked: { mark: '○', word: 'blocked' },
  skip: { mark: '–', word: 'skipped' },
};

/** A time as people read it, `2026-02-09 03:12:44 UTC`: the clocks that are compared are not exact to less than a second. */
export function time(at: string, className = ''): string {
  const date = new Date(at);
  const shown = Number.isNaN(date.getTime())
    ? at
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return `<time${className === '' ? '' : ` class="${className}"`} datetime="${text(at)}">${text(shown)}</time>`;
}

/** The beginning of a sentence. What is no plain word, such as the name of a host, stays as it is. */
export function capital(words: string): string {
  return /^[a-z]+(?=[ ,:;]|$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

/** A status as a symbol, with its word for who does not see it. */
export function mark(status: Status, word = MARKS[status].word): string {
  const { mark: symbol } = MARKS[status];
  return `<span class="mark ${status}" role="img" aria-label="${word}">${symbol}</span>`;
}

/** A status as a symbol and a word. */
export function badge(status: Status, word = MARKS[status].word): string {
  const { mark: symbol } = MARKS[status];
  return `<span class="badge ${status}"><span aria-hidden="true">${symbol}</span> ${word}</span>`;
}

/** Rows of a description list, those without content left out. @param rows terms with their markup */
export function facts(rows: readonly (readonly [term: string, markup: string])[]): string {
  const shown = rows.filter(([, markup]) => markup !== '');
  if (shown.length === 0) return '';
  return `<dl>${shown.map(([term, markup]) => `<div><dt>${term}</dt><dd>${markup}</dd></div>`).join('')}</dl>`;
}

/** A part of the page with a heading of its own; nothing when there is nothing to show. */
export function section(id: string, title: string, content: string): string {
  if (content === '') return '';
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${content}\n</section>`;
}

/** What to do: sentences as text, commands whole, each kind with its name. */
export function remedy(parts: readonly Part[]): string {
  return labelled(parts)
    .map(({ part, label }) => {
      const name = label === '' ? '' : `<b>${label}</b> `;
      if (part.kind === 'text') return `<p>${name}${text(part.text)}</p>`;
      const note = part.note === undefined ? '' : `<span class="dim">${text(part.note)}</span>`;
      return `${name + note === '' ? '' : `<p>${name}${note}</p>`}${pre(part.command)}`;
    })
    .join('');
}
