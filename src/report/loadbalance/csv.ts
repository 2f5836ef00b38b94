/** A load run as a table for a spreadsheet: a line for each pod, and for what is no pod's. Times in milliseconds. */
import type { Report } from '../../engine/report.js';
import { oneLine } from '../escape.js';
import { modelOf } from './model.js';

const HEAD = 'pod,state,judged,requests,share,errors,mean_ms,p50_ms,p90_ms,p99_ms,max_ms';

export function renderLoadCsv(report: Report): string {
  if (!report.load) return `${HEAD}\n`;
  const { load, others } = modelOf(report);
  const lines = load.pods.map(({ pod, state, judged, requests, share, errors, latency }) => {
    const times = [latency?.mean, latency?.p50, latency?.p90, latency?.p99, latency?.max];
    return [pod, state, judged, requests, share, errors, ...times.map((time) => time ?? '')]
      .map(csvCell)
      .join(',');
  });
  const rest = others.map(({ what, requests, share }) =>
    ['', what, false, requests, share, '', '', '', '', '', ''].map(csvCell).join(','),
  );
  return `${[HEAD, ...lines, ...rest].join('\n')}\n`;
}

/** A cell that no spreadsheet takes for a formula. */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = oneLine(value).replace(/^[=+\-@]/, "'$&");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
