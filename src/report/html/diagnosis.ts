/** What doctor found, on the page: each cause with its hops, what shows it, and what puts it right. */
import type { Diagnosis, EvidenceItem, HopState, PathHop } from '../../rule/diagnosis.js';
import type { Report, Status } from '../../engine/report.js';
import { diagnosisStatus, HOP_STATUS, objectName } from '../digest.js';
import { badge, code, facts, mark, MARKS, pre, section, text, time } from './markup.js';
import { KIND_WORDS } from '../remedy.js';

/** Nothing for a report without a diagnosis. */
export function diagnoses(report: Report): string {
  const found = report.diagnoses ?? [];
  const title = found.length === 1 ? 'The cause' : 'The causes, worst first';
  return section('diagnoses', title, found.map((each) => card(each, report.target.namespace)).join('\n'));
}

function card(diagnosis: Diagnosis, namespace: string): string {
  const { cause, title, verdict, summary, object, evidence, fix, then, wouldConfirm, ruledOut } = diagnosis;
  const status = diagnosisStatus(diagnosis);
  const explains = [...diagnosis.symptoms, ...diagnosis.folded];
  const repairs = fix.map(
    ({ kind, description, command, helmValue }) =>
      `<li><p><b>${KIND_WORDS[kind]}</b> ${text(description)}</p>${command === null ? '' : pre(command)}` +
      `${helmValue === null ? '' : `<p class="dim">Helm manages it: ${code(helmValue)} lasts, a kubectl edit does not.</p>`}</li>`,
  );
  return [
    `<article class="card ${status}">`,
    `<header>${badge(status, verdict)} <h3>${text(title)}</h3><p class="id">${code(cause)}</p></header>`,
    hops(diagnosis.path),
    `<p>${text(summary)}</p>`,
    evidence.length === 0
      ? ''
      : `<div><h4>Seen</h4><ul class="evidence">${evidence.map((item) => `<li>${seen(item, namespace)}</li>`).join('')}</ul></div>`,
    repairs.length === 0 ? '' : `<div class="fix"><h4>What to do</h4><ol>${repairs.join('')}</ol></div>`,
    then === null ? '' : `<div><h4>Then, to see that it worked</h4>${pre(then)}</div>`,
    facts([
      ['Object', object ? code(objectName(object, namespace)) : ''],
      ['Would confirm it', wouldConfirm === null ? '' : text(wouldConfirm)],
      ['Ruled out', ruledOut.map(text).join(' · ')],
      ['Explains', explains.map(code).join(' · ')],
    ]),
    '</article>',
  ].join('');
}

function seen({ source, object, field, value, at }: EvidenceItem, namespace: string): string {
  const where = [
    object ? code(objectName(object, namespace)) : '',
    field === null ? text(source) : code(field),
  ];
  const when = at === null ? '' : ` ${time(at, 'dim')}`;
  return `${where.filter((part) => part !== '').join(' ')}${when}<span class="value">${text(value)}</span>`;
}

const WORDS: Record<HopState, string> = {
  good: 'good',
  broken: 'broken',
  unknown: 'unknown',
  'not-reached': 'not reached',
  skipped: 'skipped',
};

/** The way to the fault, as in the terminal: every hop, and where it breaks. */
function hops(path: readonly PathHop[]): string {
  if (path.length === 0) return '';
  const items = path.map(({ hop, state, ms }) => {
    const status: Status = HOP_STATUS[state];
    const took = ms === null ? '' : ` ${Math.round(ms)} ms`;
    return (
      `<li class="${status}"><span><span role="img" aria-label="${WORDS[state]}">${MARKS[status].mark}</span> ` +
      `${text(hop)}${took}</span></li>`
    );
  });
  return `<ol class="hops" aria-label="The way, step by step">${items.join('')}</ol>`;
}

/** How far each topic was followed, with the fact of each hop. */
export function topics(report: Report): string {
  const tables = (report.topics ?? []).map(({ topic, path }) => {
    const rows = path.map(
      ({ hop, state, detail, ms }) =>
        `<tr><td>${mark(HOP_STATUS[state], WORDS[state])}</td><td><b>${text(hop)}</b></td><td>${text(detail)}</td>` +
        `<td class="number">${ms === null ? '' : `${Math.round(ms)} ms`}</td></tr>`,
    );
    return (
      `<table class="checks way"><caption>${text(topic)}</caption><thead><tr>` +
      '<th scope="col"><span class="hidden">Status</span></th><th scope="col">Step</th><th scope="col">What was seen</th>' +
      `<th scope="col" class="number">Time</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
    );
  });
  return section('hops', 'How far it was followed', tables.join('\n'));
}
