/**
 * axe-core looks at the page in Chromium: what people with a screen reader, a keyboard or weak eyes meet. It is run in a copy whose
 * policy lets it; the page itself runs nothing (browser.test.ts).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { renderHtml } from '../../../src/report/html/report.js';
import { diagnosed } from '../diagnosed.js';
import { chromium, documentOf, why } from './chromium.js';
import { withLoad, withTimeline } from './reports.js';

const inBrowser = chromium === undefined ? test.skip : test;
let folder: string;
let axe: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axe-'));
  axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Looked {
  dark: boolean;
  width: number;
  passes: number;
  violations: string[];
}

const LOOK = `
  axe.run(document, { resultTypes: ['violations'] }).then(({ passes, violations }) => {
    const found = {
      dark: matchMedia('(prefers-color-scheme: dark)').matches,
      width: innerWidth,
      passes: passes.length,
      violations: violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')),
    };
    document.body.insertAdjacentHTML('beforeend', '<p id="looked"></p>');
    document.getElementById('looked').textContent = encodeURIComponent(JSON.stringify(found));
  });`;

async function lookAt(html: string, dark: boolean, width: number): Promise<Looked> {
  const open = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
  const page = open.replace('</body>', () => `<script>${axe}</script><script>${LOOK}</script></body>`);
  // Chromium has no window narrower than 500 pixels.
  const dom = await documentOf(page, folder, [
    // Of the page's clock, which stops while it computes: axe waits between its steps.
    '--virtual-time-budget=20000',
    `--window-size=${width},900`,
    `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
  ]);
  const [, found = ''] = /<p id="looked">([^<]+)<\/p>/.exec(dom) ?? [];
  return JSON.parse(decodeURIComponent(found)) as Looked;
}

describe(`axe-core finds nothing${why}`, () => {
  inBrowser(
    'it does find what is wrong, so that this test can fail',
    async () => {
      const { violations } = await lookAt(
        '<!DOCTYPE html><html><body><img src="a.png"></body></html>',
        false,
        1280,
      );
      expect(violations.map((each) => each.split(' ')[0])).toEqual(
        expect.arrayContaining(['document-title', 'html-has-lang', 'image-alt']),
      );
    },
    90_000,
  );

  inBrowser.each([
    ['checks and a timeline', withTimeline, false, 1280],
    ['checks and a timeline', withTimeline, true, 500],
    ['a load run', withLoad, true, 1280],
    ['a load run', withLoad, false, 500],
    ['causes', diagnosed, false, 500],
    ['causes', diagnosed, true, 1280],
  ])(
    '%s, %#',
    async (_, make, dark, width) => {
      const looked = await lookAt(renderHtml(await make()), dark, width);
      expect(looked).toMatchObject({ dark, violations: [] });
      expect(looked.width).toBeLessThanOrEqual(width);
      expect(looked.passes).toBeGreaterThan(10);
    },
    90_000,
  );
});
