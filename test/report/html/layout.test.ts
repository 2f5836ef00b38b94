/** The page as it is laid out: on a phone, on a desktop, on paper, light and dark. Nothing is cut off, loaded or run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { renderHtml } from '../../../src/report/html/report.js';
import { diagnosed } from '../diagnosed.js';
import { allPass } from '../samples.js';
import { chromium, why } from './chromium.js';
import { startBrowser, type Browser, type View } from './devtools.js';
import { everywhere, withLoad, withTimeline } from './reports.js';

const inBrowser = chromium === undefined ? test.skip : test;
/** Bytes. */
const LARGEST = 300 * 1024;
/** A4 without its margins. */
const PAPER = 688;
/** A name of Kubernetes as long as they get, and prose around it. */
const LONG = `pod ${'todo-chatbot-backend'.repeat(12)} of ${'x'.repeat(253)} as it is`;

let folder: string;
let browser: Browser | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'layout-'));
  if (chromium !== undefined) browser = await startBrowser(path.join(folder, 'profile'));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function see(html: string, view: View) {
  const file = path.join(folder, 'page.html');
  writeFileSync(file, html);
  if (browser === undefined) throw new Error('no browser');
  return browser.see(file, view);
}

const CLEAN = { beyond: [], squeezed: [], requests: [], scripts: [], complaints: [] };
const VIEWS: [string, View][] = [
  ['a phone', { width: 400, dark: false }],
  ['a phone, dark', { width: 400, dark: true }],
  ['a desktop', { width: 1280, dark: false }],
  ['a desktop, dark', { width: 1280, dark: true }],
  ['paper', { width: PAPER, dark: false, print: true }],
];

describe(`in Chromium${why}`, () => {
  inBrowser(
    'what is wrong is seen, so that these tests can fail',
    async () => {
      const seen = await see(
        '<!DOCTYPE html><body><p style="width:600px">wide</p><p style="width:9px;overflow-wrap:anywhere">letter by letter</p>' +
          '<img src="http://127.0.0.1:9/image.png"><script>document.title = 1; undefined.x</script>',
        { width: 400, dark: false },
      );
      expect(seen.scrollWidth).toBeGreaterThan(600);
      expect(seen.beyond).toEqual(['p. wide']);
      expect(seen.squeezed).toEqual(['letter by letter']);
      expect(seen.requests).toEqual(['http://127.0.0.1:9/image.png']);
      expect(seen.scripts).toHaveLength(1);
      expect(seen.complaints.length).toBeGreaterThan(0);
    },
    60_000,
  );

  describe.each([
    ['nothing wrong', allPass],
    ['checks and a timeline', withTimeline],
    ['a load run', withLoad],
    ['causes', diagnosed],
    ['the longest names', async () => everywhere(await withLoad(), LONG)],
    ['causes with the longest names', () => everywhere(diagnosed(), LONG)],
  ])('%s', (_, make) => {
    inBrowser.each(VIEWS)(
      'on %s',
      async (_name, view) => {
        const html = renderHtml(await make());
        expect(Buffer.byteLength(html)).toBeLessThan(LARGEST);
        const { scrollWidth, ...seen } = await see(html, view);
        expect(seen).toEqual(CLEAN);
        expect(scrollWidth).toBeLessThanOrEqual(view.width);
      },
      60_000,
    );
  });

  inBrowser(
    'printed, it is a PDF of a few sheets',
    async () => {
      const file = path.join(folder, 'print.html');
      writeFileSync(file, renderHtml(diagnosed()));
      const pdf = await browser?.pdf(file);
      expect(pdf?.subarray(0, 5).toString()).toBe('%PDF-');
      const sheets = pdf?.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
      expect(sheets).toBeGreaterThan(0);
      expect(sheets).toBeLessThan(12);
    },
    60_000,
  );
});
