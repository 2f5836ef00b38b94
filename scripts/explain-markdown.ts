/** docs/checks/<id>.md: one page for each check, from its meta alone; docs/causes.md: all causes on one. */
import type { AnyCheck, CheckMeta } from '../src/checks/check.js';
import { contractsOwnNames } from '../src/cli/own-names.js';
import type { Part } from '../src/rule/fix.js';
import type { Cause } from '../src/rule/cause-data.js';
import { TOPICS } from '../src/rule/diagnosis.js';
import { templateText } from '../src/rule/interpolate.js';

export function explainMarkdown({ meta }: AnyCheck, example: string): string {
  const {
    id,
    command = 'verify',
    title,
    failureTitle,
    why,
    severity,
    reads,
    needs,
    messages,
    remedy,
    contractSection,
  } = meta as CheckMeta;
  const rows = Object.entries(messages).map(
    ([messageId, text]) => `- \`${messageId}\`: ${templateText(text)}`,
  );
  return `# ${id}

**${title}**

Otherwise: ${failureTitle}.

- Contract: ${contractSection}
- Judged by: \`todo-k8s ${id.startsWith('install/') ? 'verify --against' : command}\`
- Severity: ${severity}
- Reads: ${reads.map((key) => `\`${key}\``).join(', ') || 'nothing'}
- Needs: ${needs.map((need) => `\`${need}\``).join(', ') || 'no other check'}

## Why it matters

${why.charAt(0).toUpperCase()}${why.slice(1)}.

## What it says

${rows.join('\n') || 'It has no messages of its own.'}

For example: ${escaped(example)}

## What puts it right

${fixMarkdown(remedy(contractsOwnNames(), []))}
`;
}

/** Sentences as paragraphs, commands as blocks to paste. */
function fixMarkdown(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return escaped(part.text);
      const note = part.note === undefined ? '' : `\n\n(${escaped(part.note)})`;
      return `\`\`\`sh\n${part.command}\n\`\`\`${note}`;
    })
    .join('\n\n');
}

/** Placeholders and comparisons are no HTML. */
function escaped(words: string): string {
  return words.replaceAll('<', '&lt;');
}

export function causesMarkdown(causes: readonly Cause[], examples: ReadonlyMap<string, string>): string {
  const sections = TOPICS.flatMap((topic) => {
    const own = causes.filter((cause) => cause.topic === topic);
    return own.length === 0
      ? []
      : [`## ${topic}\n`, ...own.map((cause) => causeMarkdown(cause, examples.get(cause.id) ?? ''))];
  });
  return `# Causes

What \`todo-k8s doctor\` can name, by topic. \`todo-k8s checks explain <id>\` shows the same. The ids are stable.

${sections.join('\n')}`;
}

function causeMarkdown({ id, title, severity, why, seen, remedy, explains }: Cause, example: string): string {
  const follows = explains.map((each) => `\`${each}\``).join(', ');
  return `### ${id}

**${title}**${severity === 'warning' ? ' (warns)' : ''}

${why.charAt(0).toUpperCase()}${why.slice(1)}.

- Seen: ${seen}
- For example: ${escaped(example)}
- Fix: ${remedy}
- Explains: ${follows || 'nothing else'}
`;
}
