/** Tells apart what a remedy says and what it wants pasted. */

/** A remedy, told apart into what is read and what is pasted. */
export interface RemedyPart {
  kind: 'prose' | 'note' | 'command' | 'block';
  text: string;
}

const TOOLS = 'kubectl|helm|minikube|todo-k8s|docker|curl|export|unset|cat';
const STARTS_WITH_COMMAND = new RegExp(`^(?:(?:${TOOLS}) |[A-Z_]+=)`);
const PROSE_THEN_COMMAND = new RegExp(`^(.*?[:;]) +((?:${TOOLS}) .*)$`);
const HOLDS_COMMAND = new RegExp(`(?:^|\\s)(?:${TOOLS}) [a-z-]`);

/**
 * Splits a remedy: sentences may be wrapped, a command must stay whole, several lines (a manifest) stay as they are.
 * A trailing `   # remark` of a command is a note.
 */
export function remedyParts(remedy: string): RemedyPart[] {
  const [first = '', ...rest] = remedy.trim().split('\n');
  if (rest.length > 0) {
    const block = rest.join('\n');
    return first.endsWith(':') && !STARTS_WITH_COMMAND.test(first)
      ? [...remedyParts(first), { kind: 'block', text: block }]
      : [{ kind: 'block', text: `${first}\n${block}` }];
  }
  const split = STARTS_WITH_COMMAND.test(first) ? null : PROSE_THEN_COMMAND.exec(first);
  if (split) return [{ kind: 'prose', text: split[1] ?? '' }, ...remedyParts(split[2] ?? '')];
  if (!HOLDS_COMMAND.test(first) && !STARTS_WITH_COMMAND.test(first)) return [{ kind: 'prose', text: first }];
  const remark = /^(.*?)\s{2,}# (.*)$/.exec(first);
  return remark
    ? [
        { kind: 'command', text: remark[1] ?? '' },
        { kind: 'note', text: remark[2] ?? '' },
      ]
    : [{ kind: 'command', text: first }];
}
