/** docs/checks/<id>.md: one page for each check, from its meta alone. */
import type { AnyCheck, CheckMeta } from '../src/checks/check.js';

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
