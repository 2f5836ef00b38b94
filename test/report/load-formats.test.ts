/** The formats of a load run, as goldens that were read: UPDATE_GOLDENS=1 writes them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Report } from '../../src/engine/report.js';
import type { DistributionFacts } from '../../src/evidence/load-facts.js';
import { renderJson } from '../../src/report/json.js';
import { renderJunit } from '../../src/report/junit.js';
import { renderLoadCsv } from '../../src/report/loadbalance/csv.js';
import { renderLoadMarkdown } from '../../src/report/loadbalance/markdown.js';
import { renderLoadText } from '../../src/report/loadbalance/text.js';
import { decideStyle } from '../../src/report/style.js';
import { renderYaml } from '../../src/report/yaml.js';
import { loadReport } from '../load/load-report.js';
import { latency, loadFacts, podLoad } from '../support/load-facts.js';
import { expectGolden } from './golden.js';

const NAME = 'todo-chatbot-backend-6d5f9c7b4d';
const order = (letters: string) =>
  Array.from(letters, (letter) => `${NAME}-${{ a: '2k4xp', b: 'b8w7q', c: 'x2k4p' }[letter] ?? ''}`);
const times = (count: number, p50: number, max: number) => ({ ...latency(count, p50), max, min: 2.1 });

const balanced = (): DistributionFacts =>
  loadFacts({ [`${NAME}-2k4xp`]: 4, [`${NAME}-b8w7q`]: 3, [`${NAME}-x2k4p`]: 3 }, (facts) => {
    facts.order = order('abcaabccba');
    facts.latency = times(10, 6, 24);
    facts.pods.forEach(
      (pod, index) => (pod.latency = times(pod.requests, 6 + index, [11, 9, 24][index] ?? 0)),
    );
    facts.histogram = [2, 3, 1, 0, 2, 0, 1, 0, 0, 1].map((count, index) => ({ toMs: index + 3, count }));
  });

const failing = (): DistributionFacts =>
  loadFacts({ [`${NAME}-2k4xp`]: 90, [`${NAME}-b8w7q`]: 81, [`${NAME}-x2k4p`]: 0 }, (facts) => {
    Object.assign(facts, {
      requests: 200,
      completed: 190,
      unfinished: 10,
      endedBy: 'duration',
      lost: [{ what: 'connection refused', requests: 12 }],
      unattributed: [{ what: 'pod x is gone, and its log with it', requests: 7 }],
      statuses: [
        { status: 200, requests: 171 },
        { status: 503, requests: 7 },
      ],
      problems: [
        { what: 'connection refused', requests: 12 },
        { what: 'HTTP 503', requests: 7 },
      ],
      changes: [{ pod: `${NAME}-gone1`, what: 'left', afterMs: 1500 }],
      keepAlive: {
        requests: 200,
        connections: 1,
        pods: [{ what: `${NAME}-2k4xp`, requests: 200 }],
        others: 0,
      },
    });
    Object.assign(facts.pods[1] ?? {}, { errors: 7, problems: [{ what: 'HTTP 503', requests: 7 }] });
    facts.pods.push(podLoad(`${NAME}-gone1`, 0, { state: 'left' }));
  });

const inconclusive = (): DistributionFacts => loadFacts([6, 4, 0]);
const next = 'todo-k8s loadbalance --requests 100';

const reports: [string, () => Promise<Report>][] = [
  ['balanced', () => loadReport(balanced(), { next })],
  ['failing', () => loadReport(failing())],
  ['inconclusive', () => loadReport(inconclusive())],
  [
    'interrupted',
    () =>
      loadReport(
        loadFacts([30, 28], (facts) =>
          Object.assign(facts, { endedBy: 'interruption', requests: 100, unfinished: 42 }),
        ),
      ),
  ],
  [
    'nothing-answers',
    () =>
      loadReport(
        loadFacts([0, 0], (facts) => (facts.endedBy = 'no-route')),
        {
          route: {
            via: 'none',
            baseUrl: '',
            tried: [
              {
                url: 'http://localhost:30081',
                outcome: 'refused',
                detail: 'connection refused at localhost:30081',
              },
            ],
          },
        },
      ),
  ],
];

describe.each(reports)('%s', (name, report) => {
  test.each([
    [40, {}],
    [80, {}],
    [120, {}],
    [80, { FORCE_COLOR: '1' }],
    [80, { TERM: 'dumb' }],
  ])('as text in %i columns, %j', async (columns, env) => {
    const style = decideStyle({ isTTY: false, columns, env });
    const text = renderLoadText(await report(), style);
    const variant = 'FORCE_COLOR' in env ? '.color' : 'TERM' in env ? '.ascii' : '';
    expectGolden(`load-${name}.${columns}${variant}.txt`, text);
    const plain = text.replace(/\u001b\[\d+m/g, '');
    for (const line of plain.split('\n')) {
      // A command and an address stay whole, however wide.
      if (!/kubectl|todo-k8s (loadbalance|verify)/.test(line))
        expect(line.length).toBeLessThanOrEqual(columns);
    }
    if ('TERM' in env) expect(plain).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  test('as JSON that keeps the schema', async () => {
    const schema = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, '../../docs/report.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);
    const data: unknown = JSON.parse(renderJson(await report()));
    validate(data);
    expect(validate.errors).toBeNull();
    expect(data).toHaveProperty('load.pods');
  });
});

describe('the other formats', () => {
  test('Markdown', async () =>
    expectGolden('load-failing.markdown.txt', renderLoadMarkdown(await loadReport(failing()))));
  test('CSV', async () => expectGolden('load-failing.csv.txt', renderLoadCsv(await loadReport(failing()))));
  test('JUnit', async () => expectGolden('load-failing.junit.txt', renderJunit(await loadReport(failing()))));
  test('YAML', async () => expect(renderYaml(await loadReport(balanced()))).toContain('\nload:\n'));

  test('CSV gives a spreadsheet no formula', async () => {
    const facts = loadFacts({ '=1+1,"x"': 3, other: 3 });
    expect(renderLoadCsv(await loadReport(facts))).toContain(`"'=1+1,""x""",steady,true,3`);
  });
});
