/** docs/fault-results.md: what the suite saw when it last ran through. */
import type { Trial } from './campaign.js';
import type { Fault } from './faults/fault.js';

export function faultResults(trials: ReadonlyMap<Fault, Trial>): string {
  const [first] = trials.values();
  const version = first?.verified.report.target.kubernetesVersion ?? 'unknown';
  const rows = [...trials].map(([{ name, steps, symptom, cause = '' }, { verified, symptomSeconds }]) => {
    const { checks } = verified.report;
    const failing = checks.filter(({ status }) => ['fail', 'warn', 'unknown'].includes(status));
    return [
      name,
      steps.map(({ shown }) => `\`${shown.replaceAll('|', '\\|')}\``).join('; '),
      symptom.shown,
      failing.length === 0
        ? '–'
        : failing.map(({ id, status }) => (status === 'fail' ? id : `${id} (${status})`)).join(', '),
      cause,
      String(checks.filter(({ status }) => status === 'blocked').length),
      symptomSeconds.toFixed(1),
      verified.seconds.toFixed(1),
    ];
  });
  const head = [
    'fault',
    'caused by',
    'symptom',
    'checks that say so',
    'cause',
    'blocked',
    'symptom after, s',
    'verify, s',
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const times = [...trials.values()].map(({ verified }) => verified.seconds).sort((a, b) => a - b);
  return `# Faults on a real cluster

Written by \`npm run test:cluster\`, which causes each fault on a real Kubernetes, waits for its symptom, runs
\`todo-k8s verify\`, and compares the checks that do not pass with the expected ones. Times are those of the run that
wrote this file, with four faults at a time on two processors.

Kubernetes ${version} · ${trials.size} faults · verify took ${median(times).toFixed(1)} s in the median, ${(times.at(-1) ?? 0).toFixed(1)} s at most

${table}
`;
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
