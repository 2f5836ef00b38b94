/**
 * What tells the requests of a run apart from each other and from everyone else's: a query parameter that holds the
 * run's own random name and the request's number, and so stands in the access log of the pod that served it.
 */
import { randomBytes } from 'node:crypto';

/** Digits of a request's number that are looked at: more than any run has. */
const MAX_DIGITS = 8;

export class Nonce {
  readonly #mark: string;

  /** @param name of the run, where somebody else looks for its requests */
  constructor(name = randomBytes(6).toString('hex')) {
    this.#mark = `todo-k8s=${name}-`;
  }

  /** The path with a request's mark. @param path may have a query already */
  target(path: string, index: number): string {
    return `${path}${path.includes('?') ? '&' : '?'}${this.#mark}${index}`;
  }

  /** Calls `found` with the number of each request of this run whose mark stands in the text. */
  scan(text: string, found: (index: number) => void): void {
    const mark = this.#mark;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at)) {
      at += mark.length;
      let index = 0;
      let digits = 0;
      for (; digits < MAX_DIGITS; digits += 1) {
        const digit = text.charCodeAt(at + digits) - 48;
        if (!(digit >= 0 && digit <= 9)) break;
        index = index * 10 + digit;
      }
      // A number that the text cuts off would be another request's.
      const isWhole = digits > 0 && at + digits < text.length;
      if (isWhole) found(index);
      at += digits;
    }
  }
}
