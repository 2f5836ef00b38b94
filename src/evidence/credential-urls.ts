/** URLs with a password in them, in text that nobody has registered. */
import { placeholder, withoutTokens } from './token-patterns.js';

/** Schemes whose passwords are often written without escaping, so that a `/` does not end the credentials. */
export const LOOSE_SCHEME = /^(postgres|mysql|mariadb|mongodb|redis|amqp)/i;

/** Whether a value is, or holds, a URL with a password; also one whose password has blanks in it. */
export function hasPassword(value: string): boolean {
  const isOneUrl = /^\s*[a-z][\w+.-]*:\/\/[^\s/@:]*:[^\n]*@/i.test(value) && LOOSE_SCHEME.test(value.trim());
  return isOneUrl || withoutUrls(value, () => undefined) !== value;
}

/**
 * Replaces URLs that carry a password, each up to the next blank or to the quote that ends it. A scan by hand, which
 * looks at each character a fixed number of times: a pattern for this takes quadratic time on hostile text.
 * @param found gets each of them
 */
export function withoutUrls(text: string, found: (url: string) => void): string {
  let mark = text.indexOf('://');
  if (mark < 0) return text;
  let result = '';
  let done = 0;
  const words = new Words(text);
  for (; mark >= 0; mark = text.indexOf('://', done)) {
    const begin = startOfScheme(text, mark, done);
    const end = words.endFrom(mark + 3, begin === 0 ? '' : text.charAt(begin - 1));
    const word = text.slice(begin, end);
    const at = indexOfCredentials(word);
    if (at !== undefined) found(word.slice(at));
    result +=
      text.slice(done, begin) + (at === undefined ? word : word.slice(0, at) + placeholder(word.slice(at)));
    done = end;
  }
  return result + text.slice(done);
}

function startOfScheme(text: string, mark: number, floor: number): number {
  let start = mark;
  while (start > floor && /[A-Za-z0-9+._-]/.test(text.charAt(start - 1))) start--;
  return start;
}

const QUOTE = /["'`<>]/;

/** Knows where the blank-free part of a text ends and its last `@` is, without looking at it again for each URL. */
class Words {
  #blank = -1;
  #at = -1;

  constructor(private readonly text: string) {}

  /**
   * A quote ends a URL, unless the `@` of its credentials is still to come: people put quotes into passwords.
   * @param opening the character before the URL
   */
  endFrom(from: number, opening: string): number {
    const { text } = this;
    if (from > this.#blank) {
      this.#blank = from;
      while (this.#blank < text.length && !/\s/.test(text.charAt(this.#blank))) this.#blank++;
      this.#at = text.slice(from, this.#blank).lastIndexOf('@') + from;
    }
    const last = this.#at;
    let hasAt = false;
    for (let end = from; end < this.#blank; end++) {
      const character = text.charAt(end);
      if (character === '@') hasAt = true;
      if (!QUOTE.test(character)) continue;
      const next = text.charAt(end + 1);
      const closes = character === opening && /^[\s,;:)}\]]?$/.test(next);
      if (hasAt || last < end || closes || text.startsWith('://', end + 1)) return end;
    }
    return this.#blank;
  }
}

const LONGEST_REFERENCE = 64;

/** `$(NAME)`: Kubernetes puts another variable's value there. */
export function isReference(text: string): boolean {
  return text.length <= LONGEST_REFERENCE && /^\$\([A-Za-z_][\w.-]*\)$/.test(text);
}

/** Where the first URL with a password begins, of those in one word. */
function indexOfCredentials(word: string): number | undefined {
  const hasParameter = /[?&](ssl)?password=(?!\$\(\w{1,60}\)(&|$))[^&]/.test(word);
  const lastAt = word.lastIndexOf('@');
  let floor = 0;
  for (let mark = word.indexOf('://'); mark >= 0; mark = word.indexOf('://', floor)) {
    const start = startOfScheme(word, mark, floor);
    floor = mark + 3;
    // The next `://` ends an authority as well: no character is looked at twice.
    const authority = word.slice(floor, floor + (/^[^/?#]*/.exec(word.slice(floor))?.[0].length ?? 0));
    const at = LOOSE_SCHEME.test(word.slice(start, mark)) ? lastAt - floor : authority.lastIndexOf('@');
    const colon = word.indexOf(':', floor) - floor;
    const isShort = at - colon <= LONGEST_REFERENCE;
    const isPutIn = isShort && isReference(word.slice(floor + colon + 1, floor + at));
    if (hasParameter || (colon >= 0 && at > colon + 1 && !isPutIn)) return start;
  }
  return undefined;
}

/** Text without what looks like a credential, for where no Secret has been read. */
export function withoutCredentials(text: string): string {
  return withoutTokens(withoutUrls(text, () => undefined));
}
