/** Checks on the page: what is wrong in full, then every check in a line. */
import type { CheckResult, Report, ReportFinding } from '../../engine/report.js';
import { duration, isUnexplained, nameChecks, objectName, type Digest, type SuiteDigest } from '../digest.js';
import { badge, capital, code, facts, mark, remedy, section, text } from './markup.js';

/** Findings that are shown of one check: a page is scrolled, but thousands of pods make it too long to open. */
const FINDINGS_SHOWN = 50;

/** The checks that a reader must look at, gravest first; what is told with another one is told there. */
export function problems(report: Report, digest: Digest): string {
  const order = ['fail', 'unknown', 'blocked', 'warn'];
  const shown = report.checks
    .filter((result) => {
      const { id, status } = result;
      if (!order.includes(status) || !isUnexplained(report, result)) return false;
      return status === 'fail' || status === 'warn' || !digest.foldedInto.has(id);
    })
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return section(
    'problems',
    report.diagnoses?.length ? 'What no cause explains' : 'What is wrong',
    shown.map((result) => card(result, report, digest)).join('\n'),
  );
}

function card(result: CheckResult, report: Report, digest: Digest): string {
  const { id, status, message, findings, why, contractSection } = result;
  const shown = findings.slice(0, FINDINGS_SHOWN);
  const more = findings.length - shown.length;
  const isJudged = status === 'fail' || status === 'warn';
  const names = (ids: readonly string[] = []) => nameChecks(ids, digest.suites).map(text).join(' · ');
  const told = digest.remedyAs.get(id);
  const fix = told === undefined ? remedy(result.fix) : `<p>as for ${code(told)}</p>`;
  return [
    `<article class="card ${status}">`,
    `<header>${badge(status)} <h3>${text(capital(message))}</h3><p class="id"><a href="#${anchorOf(id)}">${code(id)}</a></p></header>`,
    shown.map((each) => finding(each, result, report.target.namespace)).join(''),
    more > 0 ? `<p class="dim">${more} more of the same kind</p>` : '',
    fix === '' ? '' : `<div class="fix"><h4>What to do</h4>${fix}</div>`,
    facts([
      ['Why it matters', isJudged ? text(capital(why)) : ''],
      ['Contract', isJudged ? text(contractSection) : ''],
      ['Unknown for the same reason', names(digest.alike.get(id))],
      ['Blocks', names(digest.blocks.get(id))],
    ]),
    '</article>',
  ].join('');
}

function finding({ message, object, data }: ReportFinding, result: CheckResult, namespace: string): string {
  const shown = (value: string | number | boolean | undefined) => {
    if (value === undefined) return '';
    return value === '' ? '<span class="dim">(empty)</span>' : code(String(value));
  };
  const said = message === result.message ? '' : `<p>${text(message)}</p>`;
  const rows = facts([
    ['Expected', shown(data.expected)],
    ['Found', shown(data.found)],
    ['Object', object ? code(objectName(object, namespace)) : ''],
    ['Field', data.field === undefined ? '' : code(String(data.field))],
  ]);
  return `<div class="finding">${said}${rows}</div>`;
}

/** The suites as tiles, each with the gravest status of its checks. */
export function suiteTiles({ suites }: Digest): string {
  const tiles = suites.map(
    ({ name, status, passed, judged }) =>
      `<li><a href="#suite-${text(name)}" class="tile ${status}">${mark(status)} <b>${text(name)}</b> ` +
      `<span class="dim">${judged === 0 ? 'skipped' : `${passed} of ${judged}`}</span></a></li>`,
  );
  return `<ul class="tiles" aria-label="Suites: checks that passed, of those that were judged">${tiles.join('')}</ul>`;
}

/** Every check with what was seen, by suite. */
export function allChecks({ suites }: Digest): string {
  const tables = suites.map((suite) => suiteTable(suite));
  return section('checks', 'All checks', tables.join('\n'));
}

/** Folded where all is well: what is not, is in sight. */
function suiteTable({ name, status, results, passed, judged, durationMs }: SuiteDigest): string {
  const rows = results.map(
    (result) =>
      `<tr id="${anchorOf(result.id)}"><td>${mark(result.status)}</td>` +
      `<td>${code(result.id)}<span class="seen">${text(result.message === '' ? result.title : result.message)}</span>${explanation(result)}</td>` +
      `<td class="number">${duration(result.durationMs)}</td></tr>`,
  );
  const isWell = status === 'pass' || status === 'skip';
  return (
    `<details class="suite" id="suite-${text(name)}"${isWell ? '' : ' open=""'}><summary>${mark(status)} ${text(name)} ` +
    `<span class="dim">${passed} of ${judged} passed · <span class="whole">${duration(durationMs)}</span></span></summary>` +
    `<table class="checks"><caption class="hidden">${text(name)}</caption>` +
    '<thead><tr><th scope="col"><span class="hidden">Status</span></th><th scope="col">Check and what was seen</th>' +
    `<th scope="col" class="number">Time</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`
  );
}

function explanation({ title, why, contractSection }: CheckResult): string {
  return (
    '<details><summary>What it proves</summary>' +
    `<p>${text(title)}: ${text(why)}.</p><p class="dim">Contract: ${text(contractSection)}</p></details>`
  );
}

/** Where a check stands on the page. */
function anchorOf(id: string): string {
  return `check-${text(id.replaceAll('/', '-'))}`;
}
