/** When things happened, on the page: a strip for each object, and the same in words. */
import { elapsed } from '../../kube/pod-state.js';
import type { Report } from '../../engine/report.js';
import type { TimelineEntry } from '../../engine/timeline.js';
import { objectName } from '../digest.js';
import { code, section, text } from './markup.js';

/** Strips: more would be taller than a screen. */
const MAX_LANES = 12;

/** Ages that may be marked on the scale, in seconds. */
const TICKS: [seconds: number, label: string][] = [
  [10, '10 s'],
  [60, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [6 * 3600, '6 h'],
  [86_400, '1 day'],
  [7 * 86_400, '1 week'],
  [30 * 86_400, '1 month'],
  [365 * 86_400, '1 year'],
];

/** Nothing where the run read nothing that tells a time. */
export function timelineSection(report: Report): string {
  const { timeline } = report;
  if (!timeline || timeline.entries.length === 0) return '';
  const now = Date.parse(report.startedAt) + report.durationMs;
  const more =
    timeline.omitted > 0
      ? `<p class="dim">${timeline.omitted} more are left out; warnings are kept first.</p>`
      : '';
  return section(
    'timeline',
    'What happened when',
    `${strips(timeline.entries, now, report.target.namespace)}${table(timeline.entries, now, report.target.namespace)}${more}`,
  );
}

/** Seconds before the end of the run; clocks differ, so what lies ahead counts as now. */
function age({ at }: TimelineEntry, now: number): number {
  return Math.max(0, (now - Date.parse(at)) / 1000);
}

function strips(entries: readonly TimelineEntry[], now: number, namespace: string): string {
  const lanes = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const name = objectName(entry.object, namespace);
    lanes.set(name, [...(lanes.get(name) ?? []), entry]);
  }
  const oldest = Math.max(60, ...entries.map((entry) => age(entry, now)));
  // The logarithm, because what counts is as often a minute ago as a week.
  const place = (seconds: number) => (2 + 96 * (1 - Math.log1p(seconds) / Math.log1p(oldest))).toFixed(2);
  const ticks = TICKS.filter(([seconds]) => seconds < oldest * 0.8).slice(-5);
  const lines = ticks.map(
    ([seconds]) => `<line class="tick" x1="${place(seconds)}%" x2="${place(seconds)}%" y1="0" y2="100%" />`,
  );
  const rows = [...lanes].slice(0, MAX_LANES).map(([name, mine]) => {
    // Warnings last, so that nothing covers them.
    const inOrder = [...mine].sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
    const dots = inOrder.map((entry) => {
      const radius = entry.level === 'warning' ? 6 : 4;
      return (
        `<circle class="${entry.level}" cx="${place(age(entry, now))}%" cy="11" r="${radius}">` +
        `<title>${text(`${entry.reason}, ${elapsed(age(entry, now))} ago`)}</title></circle>`
      );
    });
    return `<div class="lane"><span>${code(name)}</span><svg width="100%" height="22">${lines.join('')}${dots.join('')}</svg></div>`;
  });
  const labels = ticks.map(
    ([seconds, label]) => `<text x="${place(seconds)}%" y="12" text-anchor="middle">${label} ago</text>`,
  );
  const scale =
    `<div class="lane scale"><span></span><svg width="100%" height="16">${labels.join('')}` +
    '<text x="100%" y="12" text-anchor="end">now</text></svg></div>';
  return `<div class="lanes" aria-hidden="true">${rows.join('')}${scale}</div>`;
}

function table(entries: readonly TimelineEntry[], now: number, namespace: string): string {
  const rows = [...entries].reverse().map((entry) => {
    const { at, level, object, reason, message, count } = entry;
    const times = count > 1 ? ` <span class="dim">× ${count}</span>` : '';
    return (
      `<tr class="${level}"><td><time datetime="${text(at)}">${text(clock(at))}</time> <span class="dim">${elapsed(age(entry, now))} ago</span></td>` +
      `<td><b>${text(reason)}</b>${times} ${code(objectName(object, namespace))}<span class="seen">${text(message)}</span></td></tr>`
    );
  });
  return (
    '<table class="events"><caption class="hidden">What happened, newest first</caption>' +
    '<thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table>`
  );
}

/** `02-09 14:05:00`, in UTC as the cluster has it. */
function clock(at: string): string {
  return new Date(at).toISOString().slice(5, 19).replace('T', ' ');
}
