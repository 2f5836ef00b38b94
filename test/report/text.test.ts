import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { defuseCommands, oneLine, printable } from '../../src/report/escape.js';
import { look } from '../../src/rule/fix.js';
import { decideStyle, type Style } from '../../src/report/style.js';
import { renderText, renderWide } from '../../src/report/text.js';
import { measureFor } from '../../src/report/width.js';
import { expectGolden } from './golden.js';
import {
  allPass,
  failWithBlocked,
  finding,
  hostile,
  sample,
  SAMPLES,
  unknownForbidden,
  unreachable,
} from './samples.js';

function style(columns: number, options: { color?: boolean; env?: Record<string, string> } = {}): Style {
  return decideStyle({ isTTY: false, columns, env: options.env ?? {}, color: options.color ?? false });
}

const WIDTHS = [40, 80, 120];
const each = Object.keys(SAMPLES).flatMap((name) => WIDTHS.map((columns) => ({ name, columns })));
const make = (name: string) => (SAMPLES[name] ?? hostile)();

describe('goldens', () => {
  test.each(each)('$name at $columns columns', ({ name, columns }) => {
    expectGolden(`${name}.${columns}.txt`, renderText(make(name), style(columns)));
    expectGolden(`${name}.${columns}.color.txt`, renderText(make(name), style(columns, { color: true })));
  });

  test('wide', () => {
    expectGolden('fail-with-blocked.wide.80.txt', renderWide(failWithBlocked(), style(80)));
    expectGolden('unknown-forbidden.wide.120.txt', renderWide(unknownForbidden(), style(120)));
  });

  test('on a dumb terminal', () => {
    expectGolden(
      'fail-with-blocked.ascii.80.txt',
      renderText(failWithBlocked(), style(80, { env: { TERM: 'dumb' } })),
    );
  });
});

/** Every line of a report that is there to be pasted, which nothing may break. */
function pastedLines(report: Report): Set<string> {
  const commands = report.checks.flatMap(({ fix }) =>
    fix.flatMap((part) => (part.kind === 'text' ? [] : [part.command])),
  );
  return new Set(
    [
      ...commands.map((command) => defuse(oneLine(command))),
      `Next: ${defuse(oneLine(report.next ?? ''))}`,
    ].map((line) => line.trim()),
  );
}

function defuse(text: string): string {
  return defuseCommands(printable(text));
}

describe('layout', () => {
  test.each([40, 41, 59, 60, 61, 79, 100, 120])(
    'at %i columns no line is wider, or ends with a space',
    async (columns) => {
      for (const make of [...Object.values(SAMPLES), hostile]) {
        const report = make();
        const pasted = pastedLines(report);
        const measure = await measureFor(JSON.stringify(report));
        for (const render of [renderText, renderWide]) {
          for (const line of render(report, { ...style(columns), measure }).split('\n')) {
            expect(line).toBe(line.trimEnd());
            if (pasted.has(line.trim().replace(/^(?:look|fix|undo) +/, ''))) continue;
            expect({ line, fits: measure(line) <= columns }).toEqual({ line, fits: true });
          }
        }
      }
    },
  );

  test('counts wide characters as two columns', async () => {
    const wide = '数据库连接失败'.repeat(7);
    const report = sample({ 'pods/ready': { status: 'fail', message: wide, findings: [finding('é́ ok')] } });
    const measure = await measureFor(JSON.stringify(report));
    const lines = renderText(report, { ...style(60), measure }).split('\n');
    const cut = lines.filter((line) => line.includes('数') || line.includes('败'));
    expect(cut.length).toBe(2);
    for (const line of cut) expect(measure(line)).toBeLessThanOrEqual(60);
    expect(cut.map((line) => line.replace(/^✖| {3}pods\/ready$/g, '').trim()).join('')).toBe(wide);
  });

  test('a command stays whole at every width', () => {
    const [part] = failWithBlocked().checks.find(({ id }) => id === 'config/database-url')?.fix ?? [];
    const command = part?.kind === 'fix' ? part.command : 'none';
    for (const columns of WIDTHS) expect(renderText(failWithBlocked(), style(columns))).toContain(command);
  });

  test('colour changes nothing but colour', () => {
    for (const { name, columns } of each) {
      const painted = renderText(make(name), style(columns, { color: true }));

      expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(renderText(make(name), style(columns)));
    }
  });

  test('without a UTF-8 locale everything is ASCII', () => {
    for (const report of [allPass(), hostile()]) {
      expect(renderWide(report, style(80, { env: { LC_ALL: 'C' } }))).toMatch(/^[\n\u0020-\u007e]*$/);
    }
  });
});

describe('content', () => {
  test('the last line is the next step, the one before it the verdict', () => {
    const lines = renderText(failWithBlocked(), style(80)).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('Next: todo-k8s doctor db');
    expect(lines.at(-2)).toMatch(/^✖ 2 failed .* exit 1$/);
  });

  test('a result that is unknown for the same reason as another is told once', () => {
    const text = renderText(unknownForbidden(), style(120));
    expect(text.match(/secrets is forbidden/g)).toHaveLength(1);
    expect(text.match(/kubectl apply -f -/g)).toHaveLength(1);
    expect(text).toContain('? config/secret and 2 more · secrets is forbidden');
  });

  test('what a missing permission leaves unknown is told with it', () => {
    const access = { verb: 'get', group: '', resource: 'secrets' };
    const report = unknownForbidden();
    for (const check of report.checks) if (check.status === 'unknown') check.access = access;
    const text = renderText(report, style(120));
    expect(text).not.toContain('secrets is forbidden');
    expect(text).toContain('with it   config/secret · config/database-url');
    expect(text).toContain('kubectl apply -f -');
  });

  test('a long error is cut, and whole in wide', () => {
    const message = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const report = sample({ 'pods/ready': { status: 'unknown', message } });
    const text = renderText(report, style(80));
    expect(text).toMatch(/\? word0 .*\n {2}word.*\n {2}word.*…\n/);
    expect(text).not.toContain('word40');
    expect(renderWide(report, style(80))).toContain('word59');
  });

  test('what only shows the trouble has a line beside what is wrong', () => {
    const report = sample({
      'pods/ready': { status: 'fail', message: 'pods are down', findings: [finding('pod 1 is down')] },
      'service/ports': { status: 'fail', message: 'The port is wrong', findings: [finding('it is 8080')] },
    });
    const text = renderText(report, style(80));
    expect(text).toContain(
      '✖ The port is wrong   service/ports\n    it is 8080\n\n✖ pods/ready · pod 1 is down\n',
    );
  });

  test('wide names every check', () => {
    for (const report of [allPass(), failWithBlocked(), unreachable()]) {
      const text = renderWide(report, style(80));
      for (const { id } of report.checks) expect(text).toMatch(new RegExp(`^  [✔✖▲○?–] ${id}( |$)`, 'm'));
    }
  });

  test('a check that is blocked by none that is shown stands for itself', () => {
    const text = renderText(
      sample({ 'pods/ready': { status: 'blocked', message: 'needs pods/none', blockedBy: ['pods/none'] } }),
      style(80),
    );
    expect(text).toContain('○ needs pods/none   pods/ready');
  });

  test('an unknown check of several alike shows a fix only when it fixes them all', () => {
    const unknown = (command: string) => ({
      status: 'unknown' as const,
      message: 'timed out',
      fix: [look(command)],
    });
    const text = renderText(
      sample({ 'pods/ready': unknown('kubectl fix one'), 'pods/running': unknown('kubectl fix two') }),
      style(80),
    );
    expect(text).not.toContain('kubectl fix');
  });

  test('many findings are counted, and all are listed in wide', () => {
    const findings = Array.from({ length: 30 }, (_, index) => finding(`pod ${index} is down`));
    const report = sample({ 'pods/ready': { status: 'fail', message: 'pods are down', findings } });
    expect(renderText(report, style(80))).toContain('and 28 more; -o wide shows all');
    expect(renderWide(report, style(80))).toContain('• pod 29 is down');
  });

  test('says why the exit code is 1 when only warnings were found', () => {
    const report = sample({ 'pods/ready': { status: 'warn', message: 'hm' } }, { exitCode: 1 });
    expect(renderText(report, style(120))).toContain(
      '▲ 1 warning   ✔ 29 passed   243 ms   exit 1: warnings count, --strict',
    );
  });

  test('a run without a judged check says so', () => {
    const none = sample({}, { checks: [], exitCode: 3 });
    none.summary = { pass: 0, warn: 0, fail: 0, unknown: 0, blocked: 0, skip: 0 };
    expect(renderText(none, style(80))).toContain('? no check was judged');
  });
});
