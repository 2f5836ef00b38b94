/** How fast each pod answers, on the page: a curve through what is known of its times, all on one scale. */
import type { Latency } from '../../evidence/load-facts.js';
import { timeOf, type LoadModel } from '../loadbalance/model.js';
import { text } from './markup.js';

/** The drawing's own units; names and numbers stand in the table. */
const CHART = { width: 640, height: 180, left: 8, right: 632, top: 10, bottom: 170 };
/** More curves than this cannot be told apart. */
const MOST = 8;

/** Nothing for fewer than two pods with times: the histogram shows a single one. */
export function podCurves({ load, pods }: LoadModel): string {
  const timed = load.pods
    .map(({ latency }, index) => ({
      latency,
      letter: pods[index]?.letter ?? '',
      pod: pods[index]?.pod ?? '',
    }))
    .filter((each): each is typeof each & { latency: Latency } => each.latency !== null)
    .slice(0, MOST);
  if (timed.length < 2) return '';
  const least = Math.max(0.01, Math.min(...timed.map(({ latency }) => latency.min)));
  const most = Math.max(least * 1.1, ...timed.map(({ latency }) => latency.max));
  const { width, height, left, right, top, bottom } = CHART;
  const x = (part: number) => (left + part * (right - left)).toFixed(1);
  const y = (ms: number) =>
    (bottom - (Math.log(Math.max(least, ms) / least) / Math.log(most / least)) * (bottom - top)).toFixed(1);
  const curves = timed.map(({ latency, letter }, index) => {
    const points = known(latency).map(([part, ms]) => `${x(part)},${y(ms)}`);
    // The letter stands at a place of its own, so that curves that lie on each other are told apart by more than colour.
    const place = 0.08 + 0.1 * index;
    return (
      `<polyline class="curve curve-${index}" points="${points.join(' ')}" />` +
      `<text class="sign" x="${x(place)}" y="${Number(y(at(latency, place))) - 5}">${text(letter)}</text>`
    );
  });
  const said = timed.map(
    ({ latency, letter }) =>
      `${letter}: half within ${timeOf(latency.p50)}, the slowest ${timeOf(latency.max)}`,
  );
  return (
    '<h3>Pod by pod</h3>' +
    `<figure><svg class="curves" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(said.join('; '))}">` +
    `<line class="tick" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" />` +
    `<line class="tick" x1="${x(0.5)}" x2="${x(0.5)}" y1="${top}" y2="${bottom}" />${curves.join('')}</svg>` +
    `<figcaption><span>fastest, from ${timeOf(least)}</span><span>half of the requests</span><span>slowest, to ${timeOf(most)}</span></figcaption></figure>`
  );
}

/** Parts of the requests and the time within which they were answered. */
function known({ min, p50, p90, p99, max }: Latency): [part: number, ms: number][] {
  return [
    [0, min],
    [0.5, p50],
    ...(p90 === null ? [] : [[0.9, p90] as [number, number]]),
    ...(p99 === null ? [] : [[0.99, p99] as [number, number]]),
    [1, max],
  ];
}

/** On the line between two of them. */
function at(latency: Latency, part: number): number {
  const points = known(latency);
  const next = points.findIndex(([each]) => each >= part);
  const [from, low] = points[Math.max(0, next - 1)] ?? [0, latency.min];
  const [to, high] = points[next] ?? [1, latency.max];
  return to === from ? high : low + ((part - from) / (to - from)) * (high - low);
}
