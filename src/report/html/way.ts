/** A request's way on the page: who hands it to whom, and between which two it breaks. */
import type { CheckResult, Report, Status } from '../../engine/report.js';
import { gravest } from '../digest.js';
import { mark, MARKS, section, text } from './markup.js';

/** A part of the way: what it leads to, and the checks that tell whether it is passed. */
interface Step {
  to: string;
  checks: readonly string[];
}

/** From the client on, in the order in which a request passes them. */
const STEPS: readonly Step[] = [
  { to: 'node port', checks: ['functional/node-port', 'service/type'] },
  { to: 'Service', checks: ['service/exists', 'service/ports'] },
  { to: 'pods', checks: ['service/selector-matches', 'load-balancing/endpoints', 'pods/ready'] },
  { to: 'database', checks: ['network/database-egress', 'functional/health', 'functional/database-logs'] },
];

/** The drawing's own units: one step, lying and standing. */
const LYING = { width: 170, height: 64, box: 96 };
const STANDING = { width: 320, height: 74, box: 200 };

interface Edge {
  to: string;
  status: Status;
  /** What is wrong there; undefined: nothing. */
  why: CheckResult | undefined;
}

/** Nothing where the run did not look at the way as a whole. */
export function waySection(report: Report): string {
  const edges = STEPS.map((step) => edgeOf(step, report.checks)).filter((edge) => edge !== undefined);
  if (edges.length < STEPS.length) return '';
  const items = edges.map(({ to, status, why }) => {
    const what = why === undefined ? '' : `: ${text(why.message)}`;
    return `<li>${mark(status)} <b>${to}</b>${what}</li>`;
  });
  return section(
    'way',
    'The request’s way',
    `<div class="drawn" aria-hidden="true">${lying(edges)}${standing(edges)}</div><ol class="steps">${items.join('')}</ol>`,
  );
}

function edgeOf({ to, checks }: Step, results: readonly CheckResult[]): Edge | undefined {
  const own = results.filter(({ id, status }) => checks.includes(id) && status !== 'skip');
  if (own.length === 0) return undefined;
  const status = gravest(own.map((each) => each.status));
  return { to, status, why: status === 'pass' ? undefined : own.find((each) => each.status === status) };
}

function lying(edges: readonly Edge[]): string {
  const { width, height, box } = LYING;
  const middle = height / 2;
  const parts = edges.flatMap(({ to, status }, index) => {
    const from = box + index * width;
    const end = from + width - box;
    return [
      `<line class="edge ${status}" x1="${from}" x2="${end}" y1="${middle}" y2="${middle}" />`,
      `<text class="sign ${status}" x="${(from + end) / 2}" y="${middle - 8}" text-anchor="middle">${MARKS[status].mark}</text>`,
      drawnBox(to, status, end, middle, box),
    ];
  });
  const whole = box + edges.length * width;
  const first = drawnBox('client', 'skip', 0, middle, box);
  return `<svg class="lying" viewBox="0 0 ${whole} ${height}" width="100%">${first}${parts.join('')}</svg>`;
}

/** For a narrow screen, where words beside each other would be too small to read. */
function standing(edges: readonly Edge[]): string {
  const { width, height, box } = STANDING;
  const left = (width - box) / 2;
  const parts = edges.flatMap(({ to, status }, index) => {
    const from = 36 + index * height;
    const end = from + height - 36;
    return [
      `<line class="edge ${status}" x1="${width / 2}" x2="${width / 2}" y1="${from}" y2="${end}" />`,
      `<text class="sign ${status}" x="${width / 2 + 10}" y="${(from + end) / 2 + 5}">${MARKS[status].mark}</text>`,
      drawnBox(to, status, left, end + 18, box),
    ];
  });
  const whole = 36 + edges.length * height;
  const first = drawnBox('client', 'skip', left, 18, box);
  return `<svg class="standing" viewBox="0 0 ${width} ${whole}" width="100%">${first}${parts.join('')}</svg>`;
}

function drawnBox(name: string, status: Status, x: number, middle: number, wide: number): string {
  return (
    `<rect class="stop ${status}" x="${x + 1}" y="${middle - 17}" width="${wide - 2}" height="34" rx="8" />` +
    `<text class="label" x="${x + wide / 2}" y="${middle + 5}" text-anchor="middle">${name}</text>`
  );
}
