/** Tells apart what a remedy says and what it wants pasted. */

export interface RemedyPart {
  kind: 'prose' | 'note' | 'command' | 'block';
  text: string;
}

/** How the commands that remedies name begin; narrow enough that a sentence about Helm or minikube is none. */
const COMMAND =
  'kubectl [a-z-]|todo-k8s [a-z]|curl (?:-|http)|docker (?:build|image|load|pull|push|run|tag) |' +
  'minikube (?:addons|delete|image|ip|service|ssh|start|status|stop|tunnel)\\b|' +
  'helm (?:get|history|install|list|rollback|status|template|uninstall|upgrade) ';
const STARTS_WITH_COMMAND = new RegExp(`^(?:${COMMAND}|minikube [a-z]|export [A-Z_]+=|cat <<|[A-Z_]+=)`);
const PROSE_THEN_COMMAND = new RegExp(`^(.*?[:;]) +((?:${COMMAND}).*)$`);
const NOTE_THEN_COMMAND = new RegExp(`^(.*?)\\s+((?:${COMMAND}).*)$`);
const HOLDS_COMMAND = new RegExp(`(?:^|\\s)(?:${COMMAND})`);

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
  if (!remark) return [{ kind: 'command', text: first }];
  return [{ kind: 'command', text: remark[1] ?? '' }, ...noteParts(remark[2] ?? '')];
}

/** A note may name another command, which must stay whole as well. */
function noteParts(note: string): RemedyPart[] {
  const split = NOTE_THEN_COMMAND.exec(note);
  if (!split) return [{ kind: STARTS_WITH_COMMAND.test(note) ? 'command' : 'note', text: note }];
  return [
    { kind: 'note', text: split[1] ?? '' },
    { kind: 'command', text: split[2] ?? '' },
  ];
}
