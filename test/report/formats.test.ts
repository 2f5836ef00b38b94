/** The formats that machines read, and that all of them are harmless whatever the cluster says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse as parseYaml } from 'yaml';
import { reportSchema } from '../../scripts/report-schema.js';
import type { Report } from '../../src/engine/report.js';
import { renderDoctorGithub } from '../../src/report/doctor/github.js';
import { renderDoctorMarkdown } from '../../src/report/doctor/markdown.js';
import { renderDoctorWide } from '../../src/report/doctor/text.js';
import { renderHtml } from '../../src/report/html/report.js';
import { renderGithub } from '../../src/report/github.js';
import { renderJson } from '../../src/report/json.js';
import { renderJunit } from '../../src/report/junit.js';
import { renderPrometheus } from '../../src/report/prometheus.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { decideStyle } from '../../src/report/style.js';
import { renderText, renderWide } from '../../src/report/text.js';
import { renderYaml } from '../../src/report/yaml.js';
import { expectGolden } from './golden.js';
import { diagnosed } from './diagnosed.js';
import {
  allPass,
  failWithBlocked,
  finding,
  HOSTILE,
  hostile,
  sample,
  SAMPLES,
  unknownForbidden,
} from './samples.js';
import { elements, parseXml } from './xml.js';
import { look } from '../../src/rule/fix.js';

const every = [...Object.entries(SAMPLES), ['diagnosed', diagnosed] as const, ['hostile', hostile] as const];
const plain = decideStyle({ isTTY: false, columns: 80, env: {} });

describe('goldens', () => {
  test.each([
    ['fail-with-blocked', failWithBlocked],
    ['unknown-forbidden', unknownForbidden],
  ])('%s', (name, make) => {
    expectGolden(`${name}.json.txt`, renderJson(make()));
    expectGolden(`${name}.yaml.txt`, renderYaml(make()));
    expectGolden(`${name}.junit.txt`, renderJunit(make()));
    expectGolden(`${name}.markdown.txt`, renderMarkdown(make()));
    expectGolden(`${name}.github.txt`, renderGithub(make(), '').commands);
  });
});

test('goldens of what doctor says', () => {
  const markdown = renderDoctorMarkdown(diagnosed());
  expectGolden('diagnosed.json.txt', renderJson(diagnosed()));
  expectGolden('diagnosed.yaml.txt', renderYaml(diagnosed()));
  expectGolden('diagnosed.junit.txt', renderJunit(diagnosed()));
  expectGolden('diagnosed.markdown.txt', markdown);
  expectGolden('diagnosed.github.txt', renderDoctorGithub(diagnosed(), markdown).commands);
});

describe('json', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/report.schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    formats: { 'date-time': true },
  });

  test('the published schema is the one that is generated', () => {
    expect(schema).toEqual(reportSchema());
  });

  test.each(every)('%s conforms to the schema', (_, make) => {
    const validate = ajv.compile(schema);
    validate(JSON.parse(renderJson(make())));
    expect(validate.errors).toBeNull();
  });

  test.each(every)('%s has no field that the schema does not describe', (_, make) => {
    const closed = JSON.parse(
      JSON.stringify(schema).replaceAll('"additionalProperties":{}', '"additionalProperties":false'),
    ) as object;
    const validate = ajv.compile(closed);
    validate(JSON.parse(renderJson(make())));
    expect(validate.errors).toBeNull();
  });

  test.each<[string, (report: Record<string, unknown>) => void]>([
    ['a missing summary', (report) => delete report.summary],
    ['another version', (report) => (report.schemaVersion = 2)],
    ['an unknown status', (report) => Object.assign((report.checks as object[])[0] ?? {}, { status: 'ok' })],
    ['a time that is none', (report) => (report.startedAt = 'yesterday')],
  ])('the schema refuses %s', (_, spoil) => {
    const report = JSON.parse(renderJson(allPass())) as Record<string, unknown>;
    spoil(report);
    expect(ajv.compile(schema)(report)).toBe(false);
  });

  test.each(every)('%s is the report, nothing lost', (_, make) => {
    expect(JSON.parse(renderJson(make()))).toEqual(JSON.parse(JSON.stringify(make())));
  });
});

test.each(every)('yaml: %s is the same document as the JSON', (_, make) => {
  expect(parseYaml(renderYaml(make()))).toEqual(JSON.parse(renderJson(make())));
});

describe('junit', () => {
  test.each(every)('%s is well-formed, with a case for each check and each cause', (_, make) => {
    const report = make();
    const root = parseXml(renderJunit(report));
    expect(root.name).toBe('testsuites');
    expect(elements(root, 'testcase').map(({ attributes }) => attributes.name?.split(': ')[0])).toEqual([
      ...report.checks.map(({ id }) => id),
      ...(report.diagnoses ?? []).map(({ cause }) => cause),
    ]);
  });

  test('counts a failure as a failure, unknown as an error, blocked and skipped as skipped', () => {
    const { attributes } = parseXml(renderJunit(failWithBlocked()));
    expect(attributes).toMatchObject({ tests: '30', failures: '2', errors: '0', skipped: '2' });
    expect(parseXml(renderJunit(unknownForbidden())).attributes).toMatchObject({
      failures: '0',
      errors: '3',
      skipped: '1',
    });
  });

  test('a cause counts as a check does: found as a failure, not read as an error, a warning as passed', () => {
    const suites = elements(parseXml(renderJunit(diagnosed())), 'testsuite');
    const causes = suites.find(({ attributes }) => attributes.name === 'doctor');
    expect(causes?.attributes).toMatchObject({ tests: '3', failures: '1', errors: '1', skipped: '0' });
  });

  test('a warning is green, but red when warnings fail the run', () => {
    const warned = { 'pods/ready': { status: 'warn' as const, message: 'hm' } };
    expect(parseXml(renderJunit(sample(warned))).attributes.failures).toBe('0');
    const strict = parseXml(renderJunit(sample(warned, { exitCode: 1 })));
    expect(strict.attributes.failures).toBe('1');
    expect(elements(strict, 'failure')[0]?.attributes).toMatchObject({ message: 'hm', type: 'warning' });
  });

  test('hostile text makes no element, attribute or second CDATA section', () => {
    const names = (make: () => Report) =>
      new Set(
        elements(parseXml(renderJunit(make())), 'testcase').flatMap(({ children }) =>
          children.map(({ name }) => name),
        ),
      );
    expect([...names(hostile)].sort()).toEqual(['error', 'failure', 'skipped', 'system-out']);
    const [failure] = elements(parseXml(renderJunit(hostile())), 'failure');
    expect(failure?.attributes.message).toContain(`<script>alert(1)</script> ]]> ]]> --> | \`code\``);
    expect(failure?.text).toContain('<script>alert(1)</script> ]] > ]] >');
  });
});

describe('markdown', () => {
  test('hostile text is text', () => {
    const text = renderMarkdown(hostile());
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/<(?!br>|!-- -->|\/?details>|\/?summary>)/);
    expect(outside).not.toMatch(/(?<!\\)\[a/);
    expect(outside).not.toMatch(/[@#]\w/);
    expect(outside).not.toMatch(/(?<!\\)`/);
  });

  test('no row of a table has more cells than its head', () => {
    const rows = renderMarkdown(hostile())
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = (row: string) => row.replaceAll('\\|', '').split('|').length;
    const tables = rows.join('\n').split(/(?=\| \| \w)/);
    expect(tables).toHaveLength(2);
    for (const table of tables) expect(new Set(table.trim().split('\n').map(cells)).size).toBe(1);
  });

  test('code that holds backticks is fenced by more of them', () => {
    const report = sample({
      'pods/ready': {
        status: 'fail',
        message: 'm',
        findings: [finding('f', { found: 'a ```` b' })],
        fix: [look('kubectl x\n```\ny')],
      },
    });
    expect(renderMarkdown(report)).toContain('found `````a ```` b`````');
    expect(renderMarkdown(report)).toContain('````sh\nkubectl x\n```\ny\n````');
  });
});

/** Markdown without its code spans and blocks, in which nothing is markup. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<![\\`])(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}

describe('github', () => {
  test('one command for each result that is not told with another, and nothing else', () => {
    const { commands } = renderGithub(hostile(), '');
    const lines = commands.trimEnd().split('\n');
    expect(
      lines
        .filter((line) => line.startsWith('::'))
        .map((line) => /^::(error|warning) title=([\w/%-]+)::/.exec(line)?.slice(1)),
    ).toEqual([
      ['error', 'config/configmap'],
      ['error', 'config/secret'],
      ['warning', 'functional/health'],
      ['error', 'network/service-dns'],
    ]);
    expect(lines).toHaveLength(6);
  });

  test('of doctor: one command for each cause and for each check that none explains', () => {
    const commands = (report: Report) =>
      [...renderDoctorGithub(report, '').commands.matchAll(/^::(error|warning) title=([\w/%-]+)::/gm)].map(
        ([, level, title]) => [level, title],
      );
    expect(commands(diagnosed())).toEqual([
      ['error', 'db/credentials-stale'],
      ['error', 'db/timeout'],
      ['warning', 'db/waking'],
      ['error', 'service/type'],
    ]);
    expect(commands(hostile())).toEqual([['error', 'db/credentials-stale']]);
  });

  test('percent signs and line ends of a message are escaped', () => {
    const report = sample({
      'pods/ready': { status: 'fail', message: '100% of\nthem', fix: [look('a\nb')] },
    });
    expect(renderGithub(report, '').commands.split('\n')[0]).toBe(
      '::error title=pods/ready::fail: 100%25 of them%0Alook: a%0Ab',
    );
  });

  test('the job summary is the Markdown report', () => {
    const markdown = renderMarkdown(failWithBlocked());
    expect(renderGithub(failWithBlocked(), markdown).summary).toBe(markdown);
  });
});

test('findings beyond a screenful are counted in what people read', () => {
  const findings = Array.from({ length: 1000 }, (_, index) => finding(`pod ${index} is down`));
  const report = sample({ 'pods/ready': { status: 'fail', message: 'pods are down', findings } });
  expect(renderMarkdown(report)).toContain('\n- 992 more\n');
  expect(renderGithub(report, '').commands).toContain('%0A- 992 more');
});

describe('hostile text', () => {
  const renderings: [string, string][] = [
    ['text', renderText(hostile(), plain)],
    ['wide', renderWide(hostile(), plain)],
    ['json', renderJson(hostile())],
    ['yaml', renderYaml(hostile())],
    ['junit', renderJunit(hostile())],
    ['markdown', renderMarkdown(hostile())],
    ['github', renderGithub(hostile(), '').commands],
    ['doctor', renderDoctorWide(hostile(), plain)],
    ['doctor, markdown', renderDoctorMarkdown(hostile())],
    ['doctor, github', renderDoctorGithub(hostile(), '').commands],
    ['html', renderHtml(hostile())],
    ['prometheus', renderPrometheus(hostile())],
  ];

  test.each(renderings)('%s: no control, escape or bidi character', (_, text) => {
    expect(text).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
    );
    expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  test.each(renderings)('%s: nothing that GitHub’s runner takes for a command', (name, text) => {
    expect(text).not.toContain('##[');
    if (!name.endsWith('github')) expect(text).not.toMatch(/^\s*::[A-Za-z]/m);
  });

  test('the sample is hostile indeed', () => {
    expect(HOSTILE).toMatch(/^::error/m);
    expect(HOSTILE).toContain('\u202e');
  });
});
