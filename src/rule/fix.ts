/** What to do about something, as parts whose kind says what they are: nobody has to tell a command from a sentence. */

/** What pasting a command does: it only reads, it changes something, or it goes back to an earlier revision. */
export type CommandKind = 'look' | 'fix' | 'undo';

export type Part =
  | { kind: 'text'; text: string }
  | {
      kind: CommandKind;
      /** Complete and ready to paste. */
      command: string;
      /** What else there is to know; without a full stop. */
      note?: string;
      /** Variables of the user's shell that it takes values from. */
      variables?: string[];
    };

/** Words for people. */
export function text(words: string): Part {
  return { kind: 'text', text: words };
}

/** Shows something. */
export function look(command: string, note?: string): Part {
  return { kind: 'look', command, ...(note !== undefined && { note }) };
}

/** Changes something. @param variables of the user's shell that it takes values from */
export function fix(command: string, note?: string, variables?: string[]): Part {
  return { kind: 'fix', command, ...(note !== undefined && { note }), ...(variables && { variables }) };
}

/** Goes back. */
export function undo(command: string, note?: string): Part {
  return { kind: 'undo', command, ...(note !== undefined && { note }) };
}

/** One text of all parts, for JSON; undefined for none. */
export function remedyText(parts: readonly Part[]): string | undefined {
  if (parts.length === 0) return undefined;
  return parts
    .map((part) =>
      part.kind === 'text' ? part.text : part.command + (part.note === undefined ? '' : `   # ${part.note}`),
    )
    .join('\n');
}

/** The first command that can be pasted as it is. */
export function firstCommand(parts: readonly Part[]): string | undefined {
  for (const part of parts) {
    if (part.kind !== 'text' && part.variables === undefined) return part.command;
  }
  return undefined;
}
