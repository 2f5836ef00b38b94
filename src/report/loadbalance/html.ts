/** A load run as one HTML page without scripts, fonts or anything else from elsewhere. */
import type { Report } from '../../engine/report.js';
import { duration, targetParts } from '../digest.js';
import { oneLine } from '../escape.js';
import { certainty, checkLine, modelOf, percent, timeOf, verdictOf, type LoadModel } from './model.js';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } .dim { opacity: .7; } code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .25rem .6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; } td.bar { width: 30%; text-align: left; }
td.bar span { display: block; height: .8rem; background: #2f7d4f; border-radius: 2px; }
tr.bad td.bar span { background: #c23b3b; } tr.other td.bar span { background: #b7791f; }
.steps { display: flex; align-items: flex-end; gap: 2px; height: 5rem; }
.steps i { flex: 1; background: #3b6fb6; min-height: 1px; }
.pass { color: #2f7d4f; } .fail { color: #c23b3b; } .warn, .unknown, .blocked { color: #b7791f; }`;

export function renderLoadHtml(report: Report): string {
  const verdict = verdictOf(report);
  const title = text(`${report.tool.name} ${report.command}: ${verdict.words}`);
  const body = [
    `<h1 class="${verdict.status}">${title}</h1>`,
    `<p class="dim">${[...targetParts(report), ...(report.load?.hops ?? [])].map(text).join(' · ')}</p>`,
    ...(report.load ? measured(modelOf(report)) : []),
    ...report.notices.map((notice) => `<p class="warn">Note: ${text(notice)}</p>`),
    `<ul>${report.checks.map(checkItem).join('')}</ul>`,
    ...(report.next === null ? [] : [`<p>Next: <code>${text(report.next)}</code></p>`]),
    `<p class="dim">${text(report.startedAt)}, ${duration(report.durationMs)}, exit ${report.exitCode}</p>`,
  ];
  return (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">' +
    `<title>${title}</title><style>${STYLE}</style></head>\n<body>\n${body.join('\n')}\n</body></html>\n`
  );
}

function measured(model: LoadModel): string[] {
  const { load, notes } = model;
  const odds = certainty(load);
  return [
    `<p class="dim">${load.completed} × GET <code>${text(load.url)}</code> in ${duration(load.elapsedMs)}, a new connection for each</p>`,
    table(model),
    steps(model),
    ...(odds === undefined ? [] : [`<p>${text(odds)}</p>`]),
    ...notes.map((note) => `<p class="warn">${text(note)}</p>`),
  ];
}

function table({ load, pods, others, counts, times }: LoadModel): string {
  const whole = Math.max(0.01, load.expectedShare ?? 0, ...[...pods, ...others].map(({ share }) => share));
  const bar = (share: number) =>
    `<td class="bar"><span style="width:${((share / whole) * 100).toFixed(1)}%"></span></td>`;
  const cell = (value: string | number) => `<td>${text(String(value))}</td>`;
  const heads = ['pod', '', 'share', ...counts, ...times, 'errors']
    .map((head) => `<th>${head}</th>`)
    .join('');
  const rows = pods.map((row) => {
    const isBad = row.requests === 0 || row.errors > 0;
    const name = row.remark === '' ? row.pod : `${row.pod} (${row.remark})`;
    const cells = [percent(row.share), ...row.counts, ...row.times, row.errors].map(cell).join('');
    return `<tr${isBad ? ' class="bad"' : ''}>${cell(name)}${bar(row.share)}${cells}</tr>`;
  });
  const rest = others.map(
    (other) =>
      `<tr class="other">${cell(other.what)}${bar(other.share)}${[percent(other.share), ...other.counts].map(cell).join('')}</tr>`,
  );
  const even =
    load.expectedShare === null
      ? ''
      : `<tr class="dim"><td>even</td>${bar(load.expectedShare)}${cell(percent(load.expectedShare))}</tr>`;
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}${rest.join('')}${even}</tbody></table>`;
}

function steps({ load: { histogram, latency } }: LoadModel): string {
  if (latency === null) return '';
  const peak = Math.max(1, ...histogram.map(({ count }) => count));
  const bars = histogram.map(
    ({ toMs, count }) =>
      `<i style="height:${((count / peak) * 100).toFixed(1)}%" title="up to ${timeOf(toMs)}: ${count}"></i>`,
  );
  return `<p>Latency, ${timeOf(latency.min)} to ${timeOf(latency.max)}</p><div class="steps">${bars.join('')}</div>`;
}

function checkItem(check: Report['checks'][number]): string {
  const line = checkLine(check);
  const said = [line.text, line.fact].filter((part) => part !== '').map(text);
  const findings = check.findings.map(({ message }) => `<li>${text(message)}</li>`).join('');
  const below = findings === '' ? '' : `<ul>${findings}</ul>`;
  return `<li><span class="${check.status}">${check.status}</span> ${said.join(': ')}${below}</li>`;
}

function text(value: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return oneLine(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
