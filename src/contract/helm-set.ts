/** Helm's `--set` grammar: `a.b=1,c.d={x,y}`, where a backslash escapes the next character. */
import { ContractError, type Place } from './errors.js';
import { FORBIDDEN_KEYS, scalar, type MapTree, type ScalarTree, type Tree } from './tree.js';

const PLACE: Place = { source: '--set' };

/** No assignment to the contract needs more levels. */
const MAX_KEYS = 16;

/**
 * The assignments of one `--set`, each as a document of its own, in order: later ones win.
 * @throws ContractError when the text does not follow the grammar
 */
export function parseSet(text: string): Tree[] {
  const reader = new SetReader(text);
  const trees: Tree[] = [];
  do trees.push(reader.assignment());
  while (reader.more());
  return trees;
}

class SetReader {
  private position = 0;

  constructor(private readonly text: string) {}

  more(): boolean {
    return this.position < this.text.length;
  }

  assignment(): Tree {
    const keys: string[] = [];
    for (let end = '.'; end === '.';) {
      const part = this.until('.=,[');
      end = this.next();
      const written = [...keys, part.text].join('.');
      if (end === '[') this.fail(written, 'list positions are not supported; set the whole list with {a,b}');
      if (end === '' || end === ',')
        this.fail(
          '',
          'an assignment has no value; expected key=value (a comma inside a value is written \\,)',
        );
      if (part.text === '')
        this.fail(written, 'a key is empty; expected key=value such as backend.replicaCount=4');
      if (FORBIDDEN_KEYS.has(part.text)) this.fail(written, 'is not allowed as a key');
      keys.push(part.text);
      if (keys.length > MAX_KEYS) this.fail(written, `has more than ${MAX_KEYS} levels`);
    }
    return keys.reduceRight<Tree>(wrap, this.value(keys.join('.')));
  }

  private value(key: string): Tree {
    if (this.text[this.position] !== '{') {
      const { text } = this.until(',');
      this.position++;
      return typed(text);
    }
    this.position++;
    const items: ScalarTree[] = [];
    for (;;) {
      const { text, end } = this.until(',}');
      if (end === '') this.fail(key, 'the list has no closing }');
      this.position++;
      if (text !== '' || items.length > 0 || end === ',') items.push(typed(text));
      if (end === '}') break;
    }
    const after = this.next();
    if (after !== '' && after !== ',') this.fail(key, 'expected a comma after the list’s closing }');
    return { kind: 'list', items, place: PLACE };
  }

  /** Up to, and without, one of these characters; a backslash takes the next character as it is. */
  private until(stops: string): { text: string; end: string } {
    let text = '';
    for (; this.position < this.text.length; this.position++) {
      const char = this.text[this.position] ?? '';
      if (stops.includes(char)) return { text, end: char };
      if (char === '\\') this.position++;
      text += char === '\\' ? (this.text[this.position] ?? '') : char;
    }
    return { text, end: '' };
  }

  private next(): string {
    return this.text[this.position++] ?? '';
  }

  private fail(key: string, message: string): never {
    throw new ContractError([{ place: PLACE, key, message }]);
  }
}

function wrap(value: Tree, key: string): MapTree {
  return { kind: 'map', entries: [{ key, place: PLACE, value }], place: PLACE };
}

/** As Helm types it: booleans, null and whole numbers without a leading zero; all else is text. */
function typed(text: string): ScalarTree {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return scalar(lower === 'true', PLACE, text);
  if (lower === 'null') return scalar(null, PLACE, text);
  return scalar(/^(0|[+-]?[1-9]\d{0,14})$/.test(text) ? Number(text) : text, PLACE, text);
}
