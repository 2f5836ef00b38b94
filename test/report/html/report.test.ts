/** The page, read by a strict parser: complete in itself, inert, and with everything that a reader must find. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { renderHtml } from '../../../src/report/html/report.js';
import { STYLE, THEMES } from '../../../src/report/html/style.js';
import { diagnosed } from '../diagnosed.js';
import { allPass, failWithBlocked, interrupted, sample } from '../samples.js';
import { elements, parseXml, type XmlElement } from '../xml.js';
import { everywhere, KINDS, withLoad, withTimeline, withWay } from './reports.js';

/** The page as elements: its markup is well-formed XML, so that nothing depends on how a browser fixes it. */
function parsed(html: string): XmlElement {
  expect(html.startsWith('<!DOCTYPE html>\n')).toBe(true);
  return parseXml(html.slice('<!DOCTYPE html>\n'.length));
}

function all(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}

function textOf(element: XmlElement): string {
  return [element.text, ...element.children.map(textOf)].join(' ');
}

/** An element that the page must have. */
function there(element: XmlElement | undefined): XmlElement {
  if (!element) throw new Error('the element is not on the page');
  return element;
}

const ELEMENTS = new Set(
  (
    'html head meta title style body header nav main footer section details summary article div span p b h1 h2 h3 h4 ul ol li dl dt dd a code pre time ' +
    'table caption thead tbody tr th td figure figcaption svg rect line circle polyline text'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'lang charset http-equiv content name id class href tabindex role scope datetime aria-label aria-labelledby aria-hidden ' +
    'viewBox preserveAspectRatio width height x y x1 x2 y1 y2 cx cy r rx points text-anchor open'
  ).split(' '),
);

describe.each(KINDS)('%s', (_, make) => {
  test('only inert elements and attributes, no link but to the page itself', async () => {
    for (const element of all(parsed(renderHtml(await make())))) {
      expect(ELEMENTS).toContain(element.name);
      for (const [name, value] of Object.entries(element.attributes)) {
        expect(ATTRIBUTES).toContain(name);
        if (name === 'href') expect(value).toMatch(/^#[\w-]+$/);
      }
    }
  });

  test('the policy forbids everything but the one style sheet that is there', async () => {
    const root = parsed(renderHtml(await make()));
    const [style, ...more] = elements(root, 'style');
    expect(more).toEqual([]);
    const hash = createHash('sha256')
      .update(style?.text ?? '')
      .digest('base64');
    const policies = elements(root, 'meta').filter(
      ({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy',
    );
    expect(policies.map(({ attributes }) => attributes.content)).toEqual([
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    ]);
  });

  test('every heading, table and link leads somewhere', async () => {
    const root = parsed(renderHtml(await make()));
    const ids = all(root).flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of elements(root, 'a')) expect(ids).toContain(attributes.href?.slice(1));
    for (const { attributes } of elements(root, 'section'))
      expect(ids).toContain(attributes['aria-labelledby']);
    for (const table of elements(root, 'table')) {
      expect(elements(table, 'caption')).toHaveLength(1);
      const columns = elements(table, 'thead').flatMap((head) => elements(head, 'th'));
      expect(columns.every(({ attributes }) => attributes.scope === 'col')).toBe(true);
      for (const row of elements(table, 'tbody').flatMap((body) => elements(body, 'tr')))
        expect(row.children).toHaveLength(columns.length);
    }
    for (const name of ['h1', 'main', 'footer']) expect(elements(root, name)).toHaveLength(1);
  });
});

test('the style sheet loads nothing', () => {
  expect(STYLE).not.toMatch(/url\(|@import|expression|[<&]/);
});

describe('what the page says', () => {
  test('the verdict before all else, then what to do, then what is wrong', () => {
    const root = parsed(renderHtml(failWithBlocked()));
    const heading = 'Liveness probe is not the one that the contract demands, and 1 more';
    expect(elements(root, 'h1').map(textOf).join()).toContain(heading);
    expect(elements(root, 'title').map(textOf).join()).toContain(heading);
    expect(textOf(there(elements(root, 'header')[0]))).toContain('2 of 30 checks failed');
    const titles = elements(root, 'h2').map(textOf);
    expect(titles).toEqual(['Do next', 'The request’s way', 'What is wrong', 'All checks']);
  });

  test('each finding with what was expected and found, the fix as something to copy', () => {
    const root = parsed(renderHtml(failWithBlocked()));
    const card = elements(root, 'article').find((each) => textOf(each).includes('config/database-url'));
    expect(card && elements(card, 'dd').map((each) => textOf(each).trim())).toEqual([
      'require, verify-ca or verify-full',
      'prefer (value hidden)',
      'Secret todo-chatbot-backend-secret',
      'data.DATABASE_URL',
      'Neon refuses plain connections; with prefer a downgrade would go unnoticed',
      'Database Connectivity: Connection Requirements',
      'network/database-egress',
    ]);
    expect(card && elements(card, 'pre').map((each) => textOf(each).trim())).toEqual([
      "helm upgrade todo-chatbot ./helm/todo-chatbot -n default --reset-then-reuse-values --set-string backend.secrets.DATABASE_URL='postgresql://…?sslmode=require'",
    ]);
  });

  test('contents that lead to each part; suites that passed are folded', () => {
    const root = parsed(renderHtml(failWithBlocked()));
    const links = elements(there(elements(root, 'nav')[0]), 'a').map(({ attributes }) => attributes.href);
    expect(links).toEqual(elements(root, 'section').map(({ attributes }) => `#${attributes.id ?? ''}`));
    const suites = elements(root, 'details').filter(({ attributes }) => attributes.class === 'suite');
    const open = suites.filter(({ attributes }) => attributes.open !== undefined);
    expect(open.map(({ attributes }) => attributes.id)).toEqual(
      ['deployment', 'config', 'functional', 'network'].map((name) => `suite-${name}`),
    );
    expect(suites.length).toBeGreaterThan(open.length);
  });

  test('the way of a request, broken where a check says so, drawn and in words', () => {
    const broken = {
      'functional/node-port': { status: 'blocked' as const, message: 'needs service/ports' },
      'service/ports': { status: 'fail' as const, message: 'The port is wrong' },
    };
    const root = parsed(renderHtml(withWay(broken)));
    const [drawing] = elements(root, 'svg').filter(({ attributes }) => attributes.class === 'lying');
    const edges = elements(there(drawing), 'line').map(({ attributes }) => attributes.class);
    expect(edges).toEqual(['edge blocked', 'edge fail', 'edge pass', 'edge pass']);
    const steps = elements(root, 'ol').find(({ attributes }) => attributes.class === 'steps');
    expect(elements(there(steps), 'li').map((item) => textOf(item).replace(/\s+/g, ' ').trim())[1]).toContain(
      'Service',
    );
    expect(textOf(there(steps))).toContain('The port is wrong');
    // A run that did not look at it draws nothing.
    const [health] = withWay({}).checks;
    expect(renderHtml({ ...allPass(), checks: health ? [health] : [] })).not.toContain('The request’s way');
  });

  test('a curve for each pod, told apart by its letter', async () => {
    const html = renderHtml(await withLoad());
    const root = parsed(html);
    expect(elements(root, 'polyline')).toHaveLength(2);
    const [chart] = elements(root, 'svg').filter(({ attributes }) => attributes.class === 'curves');
    expect(elements(there(chart), 'text').map(textOf)).toEqual(['a', 'b']);
    expect(there(chart).attributes['aria-label']).toMatch(/^a: half within .*; b: half within /);
    for (const { attributes } of elements(root, 'polyline'))
      expect(attributes.points).not.toMatch(/NaN|Infinity/);
  });

  test('a recording says so before all else', () => {
    const from = { bundle: 'bundle.tgz', recordedAt: '2026-02-09T03:12:44Z', by: 'collect', age: '3 days' };
    const root = parsed(renderHtml({ ...allPass(), from }));
    const ribbon = elements(root, 'p').find(({ attributes }) => attributes.class === 'ribbon');
    expect(textOf(there(ribbon))).toContain(
      'Recording bundle.tgz · Made 2026-02-09 03:12 UTC (3 days ago) by collect',
    );
    expect(renderHtml(allPass())).not.toContain('class="ribbon"');
  });

  test.each(KINDS)('%s: under 300 KB', async (_name, make) => {
    expect(Buffer.byteLength(renderHtml(await make()))).toBeLessThan(300_000);
  });

  test('every check, whatever came of it', () => {
    const rows = elements(parsed(renderHtml(failWithBlocked())), 'table').flatMap((table) =>
      elements(table, 'tbody').flatMap((body) => elements(body, 'code').map(textOf)),
    );
    expect(rows).toEqual(failWithBlocked().checks.map(({ id }) => id));
  });

  test('what happened when, newest first, warnings marked', () => {
    const root = parsed(renderHtml(withTimeline()));
    const events = elements(root, 'table').find(({ attributes }) => attributes.class === 'events');
    const rows = elements(there(events), 'tr').slice(1);
    expect(rows.map((row) => elements(row, 'b').map(textOf).join())).toEqual([
      'Pulled',
      'OOMKilled',
      'Created',
    ]);
    expect(rows[1]?.attributes.class).toBe('warning');
    expect(textOf(there(rows[1]))).toContain('10 min ago');
    expect(elements(root, 'circle')).toHaveLength(3);
  });

  test('a bar for each pod in proportion to its requests, and what is no pod’s', async () => {
    const root = parsed(renderHtml(await withLoad()));
    const bars = elements(root, 'rect').filter(({ attributes }) => attributes.class === 'part');
    const [first, second, third, lost] = bars.map(({ attributes }) => Number(attributes.width));
    expect(first).toBe(100);
    expect(second).toBeCloseTo(90, 0);
    expect([third, lost]).toEqual([0, expect.closeTo(13.33, 1)]);
    expect(elements(root, 'h1').map(textOf).join()).toContain('Not balanced');
  });

  test('each cause with its hops, what shows it and what puts it right; a check only where no cause explains it', () => {
    const root = parsed(renderHtml(diagnosed()));
    const [cause] = elements(root, 'article');
    const hops = elements(there(cause), 'ol').find(({ attributes }) => attributes.class === 'hops');
    expect(
      hops &&
        elements(hops, 'li').map((hop) => [hop.attributes.class, textOf(hop).trim().replace(/ +/g, ' ')]),
    ).toEqual([
      ['pass', 'secret ✔'],
      ['pass', 'tcp 1 ms ✔'],
      ['fail', 'login 9 ms ✖'],
      ['blocked', 'query ○'],
    ]);
    expect(elements(there(cause), 'pre').map((each) => textOf(each).trim())).toEqual([
      'kubectl -n default rollout restart deployment/todo-chatbot-backend',
      'todo-k8s doctor db --watch',
    ]);
    expect(textOf(there(cause))).toContain('password authentication failed for user "todo"');
    expect(elements(root, 'article').map(({ attributes }) => attributes.class)).toEqual([
      'card fail',
      'card unknown',
      'card warn',
      'card fail',
    ]);
    expect(textOf(there(elements(root, 'article')[3]))).toContain('service/type');
    expect(elements(root, 'h2').map(textOf)).toEqual([
      'Do next',
      'The causes, worst first',
      'The request’s way',
      'How far it was followed',
      'What no cause explains',
      'Memory against limits',
      'All checks',
    ]);
  });

  test('memory in proportion to the largest, near its limit and killed marked', () => {
    const root = parsed(renderHtml(diagnosed()));
    const section = elements(root, 'section').find(({ attributes }) => attributes.id === 'memory');
    const rows = elements(there(section), 'tr').slice(1);
    expect(rows.map(({ attributes }) => attributes.class)).toEqual(['other', 'bad']);
    const part = elements(there(rows[0]), 'rect').find(({ attributes }) => attributes.class === 'part');
    expect(Number(part?.attributes.width)).toBeCloseTo((900 / 1024) * 100, 1);
    expect(elements(there(rows[0]), 'td').slice(1).map(textOf)).toEqual(['900 MiB', '512 MiB', '1 GiB']);
    expect(textOf(there(rows[1]))).toContain('OOMKilled 2026-02-09T14:01:00Z');
  });

  test.each([
    ['both pods started before, and 2 more', diagnosed()],
    ['healthy', { ...diagnosed(), exitCode: 0, diagnoses: [] }],
    ['all 30 checks passed', sample()],
    ['passed, with 1 warning', sample({ 'pods/ready': { status: 'warn', message: 'm' } })],
    [
      'failed: 1 warning, and warnings count',
      sample({ 'pods/ready': { status: 'warn', message: 'm' } }, { exitCode: 1 }),
    ],
    ['interrupted: a partial result', interrupted()],
    [
      'could not be determined: 1 of 30 checks not judged',
      sample({ 'pods/ready': { status: 'unknown', message: 'm' } }, { exitCode: 3 }),
    ],
  ])('the verdict is “%s”', (words, report) => {
    const [heading] = elements(parsed(renderHtml(report)), 'h1');
    expect(textOf(there(heading)).toLowerCase()).toContain(words);
  });
});

test.each(KINDS)('%s: markup in any text of the report is text', async (_, make) => {
  const payload = `"'\`><script>alert(1)</script><img src=x onerror=alert(1)></style></title><a href="javascript:alert(1)">`;
  const root = parsed(renderHtml(everywhere(await make(), payload)));
  const names = new Set(all(root).map(({ name }) => name));
  for (const name of ['script', 'img']) expect(names).not.toContain(name);
  expect(elements(root, 'h1')).toHaveLength(1);
  expect(textOf(root)).toContain('<script>alert(1)</script>');
});

describe('contrast', () => {
  const own = ['pass', 'fail', 'warn', 'unknown', 'blocked', 'skip'] as const;
  const pairs = [
    ...(['ground', 'paper', 'code'] as const).flatMap((ground) => [
      ['ink', ground] as const,
      ['dim', ground] as const,
    ]),
    ...own.flatMap((name) => [
      [name, 'paper'] as const,
      [name, `${name}-tint`] as const,
      ['ink', `${name}-tint`] as const,
      ['dim', `${name}-tint`] as const,
    ]),
  ];

  test.each(Object.entries(THEMES))('%s: every text is readable', (_, theme) => {
    for (const [text, ground] of pairs) {
      const ratio = contrast(theme[text], theme[ground]);
      expect({ text, ground, readable: ratio >= 4.5 }).toEqual({ text, ground, readable: true });
    }
  });
});

/** The contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
