/** A load run on the page: who served how many, in what order, and how fast. */
import type { Report } from '../../engine/report.js';
import { duration } from '../digest.js';
import { certainty, modelOf, percent, timeOf, type LoadModel } from '../loadbalance/model.js';
import { podCurves } from './curves.js';
import { code, facts, section, text } from './markup.js';

/** Columns of the histogram's drawing, in its own units. */
const CHART = { width: 640, height: 120, gap: 2 };

/** Nothing for a report without a load run. */
export function loadSections(report: Report): string {
  if (!report.load) return '';
  const model = modelOf(report);
  const { load, notes } = model;
  const odds = certainty(load);
  const run = facts([
    ['Requests', `${load.completed} × GET ${code(load.url)}, a new connection for each`],
    ['Way', load.hops.map(text).join(' → ')],
    [
      'Took',
      `${duration(load.elapsedMs)}, ${load.concurrency} at a time, ${load.requestsPerSecond} a second`,
    ],
    ['Statuses', load.statuses.map(({ status, requests }) => `${status} × ${requests}`).join(', ')],
    ['Errors', load.problems.map(({ what, requests }) => `${text(what)} × ${requests}`).join(', ')],
    ['Certainty', odds === undefined ? '' : text(odds)],
  ]);
  const remarks = notes.map((note) => `<p class="note">${text(note)}</p>`).join('');
  return (
    section(
      'distribution',
      'Who served the requests',
      `${run}${table(model)}${orderStrip(model)}${remarks}`,
    ) + section('latency', 'How long they took', `${histogram(model)}${podCurves(model)}`)
  );
}

/** A bar without a style attribute, which the page's policy forbids. @param part 0 to 1 */
function bar(part: number, mark?: number): string {
  const at =
    mark === undefined ? '' : `<rect class="even" x="${(mark * 100).toFixed(2)}" width=".6" height="10" />`;
  return (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">' +
    `<rect class="track" width="100" height="10" /><rect class="part" width="${(Math.min(1, part) * 100).toFixed(2)}" height="10" />${at}</svg>`
  );
}

function table({ load, pods, others, counts, times }: LoadModel): string {
  const whole = Math.max(0.01, load.expectedShare ?? 0, ...[...pods, ...others].map(({ share }) => share));
  const even = load.expectedShare === null ? undefined : load.expectedShare / whole;
  const cell = (value: string | number) => `<td class="number">${text(value)}</td>`;
  // Left out on a phone, where the share is what counts: how long they took is told below.
  const time = (value: string) => `<td class="number latency">${text(value)}</td>`;
  const name = (label: string, remark = '') =>
    `<th scope="row">${label}${remark === '' ? '' : ` <span class="dim">${text(remark)}</span>`}</th>`;
  const heads = ['share', ...counts, ...times, 'errors'].map(
    (head) => `<th scope="col" class="number${times.includes(head) ? ' latency' : ''}">${text(head)}</th>`,
  );
  const rows = pods.map((row) => {
    const isBad = row.requests === 0 || row.errors > 0;
    const figures = `${[percent(row.share), ...row.counts].map(cell).join('')}${row.times.map(time).join('')}${cell(row.errors)}`;
    const label = `<span class="letter">${row.letter}</span> ${code(row.pod)}`;
    return `<tr${isBad ? ' class="bad"' : ''}>${name(label, row.remark)}<td class="bars">${bar(row.share / whole, even)}</td>${figures}</tr>`;
  });
  const rest = others.map(
    (other) =>
      `<tr class="other">${name(text(other.what))}<td class="bars">${bar(other.share / whole)}</td>` +
      `${[percent(other.share), ...other.counts].map(cell).join('')}${times.map(() => time('')).join('')}${cell('')}</tr>`,
  );
  const caption =
    load.expectedShare === null
      ? 'Requests by pod'
      : `Requests by pod; the line marks an even share, ${percent(load.expectedShare)}`;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="Requests by pod"><table class="load"><caption>${caption}</caption><thead><tr>` +
    '<th scope="col">pod</th><th scope="col" class="bars"><span class="hidden">Bar</span></th>' +
    `${heads.join('')}</tr></thead>` +
    `<tbody>${rows.join('')}${rest.join('')}</tbody></table></div>`
  );
}

/** Which pod served each of the first requests, as the letters of the table. */
function orderStrip({ load: { order }, pods }: LoadModel): string {
  if (pods.length < 2 || order.length === 0) return '';
  const letters = new Map(pods.map(({ pod, letter }) => [pod, letter]));
  const items = order.map((pod) => `<li>${pod === null ? '?' : (letters.get(pod) ?? '?')}</li>`);
  return `<h3>In the order of sending</h3><ol class="order">${items.join('')}</ol>`;
}

function histogram({ load: { histogram: columns, latency, connect, firstByte } }: LoadModel): string {
  if (latency === null || columns.length === 0) return '';
  const { width, height, gap } = CHART;
  const peak = Math.max(1, ...columns.map(({ count }) => count));
  const step = width / columns.length;
  const bars = columns.map(({ toMs, count }, index) => {
    const tall = (count / peak) * height;
    const seen = count === 0 ? 0 : Math.max(2, tall);
    return (
      `<rect class="column" x="${(index * step + gap / 2).toFixed(1)}" y="${(height - seen).toFixed(1)}" ` +
      `width="${(step - gap).toFixed(1)}" height="${seen.toFixed(1)}"><title>up to ${timeOf(toMs)}: ${count}</title></rect>`
    );
  });
  const said = `Latencies of ${latency.count} responses, from ${timeOf(latency.min)} to ${timeOf(latency.max)}, most of them around ${timeOf(latency.p50)}`;
  const figures = (times: typeof connect) =>
    times === null
      ? ''
      : [
          `p50 ${timeOf(times.p50)}`,
          ...(times.p90 === null ? [] : [`p90 ${timeOf(times.p90)}`]),
          ...(times.p99 === null ? [] : [`p99 ${timeOf(times.p99)}`]),
          `max ${timeOf(times.max)}`,
        ].join(' · ');
  return (
    `<figure><svg class="histogram" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${said}">` +
    `${bars.join('')}<rect class="axis" y="${height - 1}" width="${width}" height="1" /></svg>` +
    `<figcaption><span>${timeOf(latency.min)}</span><span>each column is the same factor wider than the one before</span><span>${timeOf(latency.max)}</span></figcaption></figure>` +
    facts([
      ['Whole response', figures(latency)],
      ['First byte', figures(firstByte)],
      ['Connection', figures(connect)],
    ])
  );
}
