/** Words of other parties (servers, plugins) made fit for one line of a message. */
import { sanitizeLine } from '../sanitize.js';

/**
 * One sanitised line, capped: a server's message must not be able to move the cursor or forge a line of a report.
 */
export function plainLine(text: string, maxCharacters = 300): string {
  const line = sanitizeLine(text).replace(/ +/g, ' ').trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line;
}

/** A value from JSON that should be text; empty when it is none. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Hides what could be a token or a key: a run of 32 or more characters that no word of prose has. */
export function maskTokens(text: string): string {
  return text.replace(/[A-Za-z0-9_\-+/=.%~]{32,}/g, '(hidden)');
}

/** `1.5 s`, `800 ms`: a bound as it is said to the user. */
export function duration(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(1))} s` : `${Math.round(ms)} ms`;
}
