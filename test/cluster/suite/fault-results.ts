/** docs/fault-results.md: what the suite saw when it last ran through. */
import { STAGES, type Trial } from './campaign.js';
import type { Fault } from './faults/fault.js';

/** @param others the faults that were not seen as they are expected, those without a result included */
export function faultResults(trials: ReadonlyMap<Fault, Trial>, others: readonly Fault[]): string {
  const [first] = trials.values();
  const version = first?.verified.report.target.kubernetesVersion ?? 'unknown';
  const rows = [...trials].map(
    ([{ name, steps, symptom, notHealed }, { verified, diagnosed, symptomSeconds, healing }]) => {
      const { checks } = verified.report;
      const failing = checks.filter(({ status }) => ['fail', 'warn', 'unknown'].includes(status));
      return [
        name,
        steps.map(({ shown }) => `\`${shown.replaceAll('|', '\\|')}\``).join('; '),
        symptom.shown,
        failing.length === 0
          ? '–'
          : failing.map(({ id, status }) => (status === 'fail' ? id : `${id} (${status})`)).join(', '),
        diagnosed.report.diagnoses?.[0]?.cause ?? '–',
        healedWords(healing, notHealed),
        String(checks.filter(({ status }) => status === 'blocked').length),
        symptomSeconds.toFixed(1),
        verified.seconds.toFixed(1),
        diagnosed.seconds.toFixed(1),
      ];
    },
  );
  const head = [
    'fault',
    'caused by',
    'symptom',
    'checks that say so',
    'first cause',
    'healed',
    'blocked',
    'symptom after, s',
    'verify, s',
    'doctor, s',
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const times = (of: 'verified' | 'diagnosed') =>
    [...trials.values()].map((trial) => trial[of].seconds).sort((a, b) => a - b);
  const [verify, doctor] = [times('verified'), times('diagnosed')];
  return `# Faults on a real cluster

Written by \`npm run test:cluster\`, which causes each fault on a real Kubernetes, waits for its symptom, runs
\`todo-k8s verify\` and \`doctor\`, compares the checks that do not pass and the cause that is named first with the expected
ones, and replays both runs from what they recorded. Where the first diagnosis prints a fix that can be pasted, it is pasted
as printed, and the doctor asked again: healed means that nothing is wrong any more, and that nothing else was changed. Times are those of the run that wrote this file, with ${STAGES} faults
at a time.

Kubernetes ${version} · ${trials.size} faults · verify took ${median(verify).toFixed(1)} s in the median, ${(verify.at(-1) ?? 0).toFixed(1)} s at most, doctor ${median(doctor).toFixed(1)} s and ${(doctor.at(-1) ?? 0).toFixed(1)} s

${othersSaid(others)}${table}
`;
}

/** A row of the table shows what was seen, also where that is not what the suite expects. */
function othersSaid(others: readonly Fault[]): string {
  if (others.length === 0) return '';
  const list = others.map(({ name }) => `- ${name}`).join('\n');
  return `In that run ${others.length} of the faults were not seen as expected, or gave no result in time:\n\n${list}\n\n`;
}

/** `–`: nothing is printed that could be pasted into a shell of this machine. */
function healedWords(healing: Trial['healing'], notHealed: string | undefined): string {
  if (notHealed !== undefined) return `no: ${notHealed}`;
  return healing === undefined ? '–' : 'yes';
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
