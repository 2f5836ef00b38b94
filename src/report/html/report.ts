/** The report as a page to share: the verdict first, then what to do, then why, then everything. */
import { SYMPTOMS } from '../../engine/build-report.js';
import type { Report, Status } from '../../engine/report.js';
import {
  countPhrases,
  digest,
  duration,
  exitPhrase,
  replayParts,
  servingParts,
  verdictOf,
  type Digest,
} from '../digest.js';
import { outcome } from '../doctor/words.js';
import { modelOf } from '../loadbalance/model.js';
import { diagnoses, topics } from './diagnosis.js';
import { allChecks, problems, suiteTiles } from './checks.js';
import { loadSections } from './load.js';
import { memorySection } from './memory.js';
import { capital, facts, MARKS, pre, section, text, time } from './markup.js';
import { page } from './page.js';
import { timelineSection } from './timeline.js';
import { waySection } from './way.js';

/** One HTML file for any command's report. */
export function renderHtml(report: Report): string {
  const digested = digest(report);
  const verdict = wordsOf(report);
  const name = `${report.tool.name} ${report.command}`;
  const heading = capital(headingOf(report, verdict, digested));
  const main = [
    report.notices.map((notice) => `<p class="note">${text(notice)}</p>`).join('\n'),
    section(
      'next',
      report.exitCode === 0 ? 'To be more certain' : 'Do next',
      report.next === null ? '' : pre(report.next),
    ),
    diagnoses(report),
    waySection(report),
    topics(report),
    overview(report, digested),
    problems(report, digested),
    loadSections(report),
    memorySection(report),
    timelineSection(report),
    allChecks(digested),
  ].filter((part) => part !== '');
  const body = [
    header(report, name, { ...verdict, heading }),
    contents(main),
    '<main>',
    ...main,
    '</main>',
    footer(report),
  ];
  return page(`${text(heading)} – ${text(name)}`, body.filter((part) => part !== '').join('\n'));
}

/** What is wrong, as a sentence, where that is known; else what the run came to. */
function headingOf(
  { checks, load, topics: followed, interrupted }: Report,
  { words }: { words: string },
  { foldedInto }: Digest,
): string {
  if (load || followed || interrupted) return words;
  const failed = checks.filter(({ id, status }) => status === 'fail' && !foldedInto.has(id));
  const roots = failed.filter(({ id }) => !SYMPTOMS.has(id));
  const told = roots.length > 0 ? roots : failed;
  const [first] = told;
  if (first === undefined) return words;
  return told.length > 1 ? `${first.message}, and ${told.length - 1} more` : first.message;
}

/** The page's parts, which stay in sight. */
function contents(parts: readonly string[]): string {
  const found = parts.flatMap((part) => [
    ...part.matchAll(/<section id="([\w-]+)"[^>]*><h2[^>]*>([^<]*)<\/h2>/g),
  ]);
  if (found.length < 2) return '';
  const items = found.map(([, id = '', title = '']) => `<li><a href="#${id}">${title}</a></li>`);
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

/** The same verdict as in the terminal: each kind of run has its words. */
function wordsOf(report: Report): { status: Status; words: string } {
  if (report.load) return modelOf(report).verdict;
  if (!report.topics || report.interrupted) return verdictOf(report);
  const { status, phrase } = outcome(report);
  return { status, words: phrase };
}

function header(
  report: Report,
  name: string,
  { status, words, heading }: { status: Status; words: string; heading: string },
): string {
  const { target } = report;
  const counts = countPhrases(report).map(
    (phrase) =>
      `<li class="badge ${phrase.status}"><span aria-hidden="true">${MARKS[phrase.status].mark}</span> ${phrase.text}</li>`,
  );
  return [
    `<header class="verdict ${status}"><div>`,
    ribbon(report),
    `<p class="name">${text(name)}</p>`,
    `<h1><span aria-hidden="true">${MARKS[status].mark}</span> ${text(heading)}</h1>`,
    serving(report),
    heading === capital(words) ? '' : `<p>${text(capital(words))}</p>`,
    `<ul class="counts">${counts.join('')}</ul>`,
    proportions(report),
    facts([
      ['Cluster', text(target.context)],
      ['Namespace', text(target.namespace)],
      ['Release', text(target.release ?? '')],
      // Without a version the server did not answer: then its address is what the reader needs.
      target.kubernetesVersion === null
        ? ['API server', text(target.server)]
        : ['Kubernetes', text(target.kubernetesVersion)],
      ['HTTP', target.route ? text(`${target.route.via} ${target.route.url}`) : ''],
      ['Proves', target.route ? text(target.route.proves) : ''],
      ['When', time(report.startedAt)],
      ['Set by default', (report.defaults ?? []).map(text).join(' · ')],
      ['Took', duration(report.durationMs)],
      ['Exit code', text(exitPhrase(report).replace(/^exit /, ''))],
    ]),
    '</div></header>',
  ].join('\n');
}

/** That this is no look at the cluster as it is. */
function ribbon(report: Report): string {
  const parts = replayParts(report);
  return parts.length === 0
    ? ''
    : `<p class="ribbon">${parts.map((part) => text(capital(part))).join(' · ')}</p>`;
}

/** Is it up? */
function serving(report: Report): string {
  const known = servingParts(report);
  if (!known) return '';
  const { mark } = MARKS[known.status];
  return `<p class="serving ${known.status}"><span aria-hidden="true">${mark}</span> ${known.parts.map(text).join(' · ')}</p>`;
}

/** How many checks came to what, as one bar. */
function proportions({ summary, checks }: Report): string {
  if (checks.length === 0) return '';
  let x = 0;
  const parts = (['fail', 'unknown', 'blocked', 'warn', 'pass', 'skip'] as const).map((status) => {
    const width = (summary[status] / checks.length) * 100;
    const part = `<rect class="${status}" x="${x.toFixed(3)}" width="${width.toFixed(3)}" height="1" />`;
    x += width;
    return width === 0 ? '' : part;
  });
  return `<svg class="proportions" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${parts.join('')}</svg>`;
}

function overview({ load, topics: followed }: Report, digested: Digest): string {
  // The checks of a load run are of one suite; what doctor followed says more than its checks' suites.
  return load || followed || digested.suites.length < 2 ? '' : suiteTiles(digested);
}

function footer({ tool, target }: Report): string {
  return `<footer><p>${text(`${tool.name} ${tool.version}`)} · API server ${text(target.server)}</p></footer>`;
}
