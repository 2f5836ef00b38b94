/** docs/checks/<id>.md: one page for each check, from its meta alone; docs/causes.md: all causes on one. */
import type { AnyCheck, CheckMeta } from '../src/checks/check.js';
import type { Cause } from '../src/diagnoses/cause.js';
import { TOPICS } from '../src/diagnoses/diagnosis.js';

export function explainMarkdown({ meta }: AnyCheck): string {
  const { id, title, failureTitle, why, severity, reads, needs, messages, contractSection } =
    meta as CheckMeta;
  const rows = Object.entries(messages).map(([messageId, text]) => `- \`${messageId}\`: ${text}`);
  return `# ${id}

**${title}**

Otherwise: ${failureTitle}.

- Contract: ${contractSection}
- Severity: ${severity}
- Reads: ${reads.map((key) => `\`${key}\``).join(', ') || 'nothing'}
- Needs: ${needs.map((need) => `\`${need}\``).join(', ') || 'no other check'}

## Why it matters

${why.charAt(0).toUpperCase()}${why.slice(1)}.

## What it says

${rows.join('\n') || 'It has no messages of its own.'}
`;
}

export function causesMarkdown(causes: readonly Cause[]): string {
  const sections = TOPICS.flatMap((topic) => {
    const own = causes.filter((cause) => cause.topic === topic);
    return own.length === 0 ? [] : [`## ${topic}\n`, ...own.map(causeMarkdown)];
  });
  return `# Causes

What \`todo-k8s doctor\` can name, by topic. \`todo-k8s checks explain <id>\` shows the same. The ids are stable.

${sections.join('\n')}`;
}

function causeMarkdown({ id, title, severity, why, seen, remedy, explains }: Cause): string {
  const follows = explains.map((each) => `\`${each}\``).join(', ');
  return `### ${id}

**${title}**${severity === 'warning' ? ' (warns)' : ''}

${why.charAt(0).toUpperCase()}${why.slice(1)}.

- Seen: ${seen}
- Fix: ${remedy}
- Explains: ${follows || 'nothing else'}
`;
}
