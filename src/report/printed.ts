/**
 * What may be written where people and machines read. Every sink takes a `Text` and nothing else, so that nobody can forget
 * that a name, a message, an answer may come from anybody: whoever has a string must make a `Text` of it first.
 */
import { defuseCommands } from './escape.js';

declare const harmless: unique symbol;

/**
 * Text without anything that a terminal would act on but colours, without what is invisible or changes the direction of
 * writing, and without what GitHub's runner would take for a command.
 */
export type Text = string & { readonly [harmless]: true };

const PLAIN = /^[\n\t\x20-\x7e]*$/;

/** Colours and weights, which this program writes itself. */
const COLOUR = /^\x1b\[[\d;]*m$/;

// ECMA-48: CSI, strings, and sequences of two characters. Each repeated class excludes what may follow it: linear time.
const SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

// C0 but for tab, line feed and the escapes that are left; DEL, C1; bidirectional and zero-width characters but for the
// joiners that scripts and emoji need; separators of lines; tags; non-characters of every plane.
const UNSEEN =
  /[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Noncharacter_Code_Point}/gu;

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\r\n?/g, '\n')
    .replace(SEQUENCE, (sequence) => (COLOUR.test(sequence) ? sequence : ''))
    .replace(LONE, '\ufffd')
    .replace(UNSEEN, '');
}

/** A finished text of any format. What is harmless already stays as it is. */
export function printed(text: string): Text {
  return defuseCommands(visible(text)) as Text;
}

/** As `printed`, on one line, which it ends. */
export function printedLine(text: string): Text {
  return printed(`${visible(text).replace(/[\n\t]+/g, ' ')}\n`);
}

/** The commands for GitHub's runner that this program gives itself; what is in them was escaped when they were made. */
export function printedCommands(text: string): Text {
  return visible(text) as Text;
}
