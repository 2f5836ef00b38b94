/** The page in a real browser: nothing in it runs, and nothing leaves it. Needs Chromium; CHROMIUM may name it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { page } from '../../../src/report/html/page.js';
import { renderHtml } from '../../../src/report/html/report.js';
import { diagnosed } from '../diagnosed.js';
import { chromium, documentOf, why } from './chromium.js';
import { everywhere, withLoad, withTimeline } from './reports.js';

const inBrowser = chromium === undefined ? test.skip : test;

let folder: string;
let trap: Server;
let caught: string[];
let origin: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'html-'));
  trap = createServer((request, response) => {
    caught.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => trap.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** What would act in a page: scripts, handlers, requests of every kind, a refresh, a form. */
function payloads(): string {
  const act = `document.title='PWNED';document.body.setAttribute('data-pwned','yes')`;
  return [
    `"'><script>${act}</script><script src="${origin}/script"></script>`,
    `<img src="${origin}/image" onerror="${act}"><svg onload="${act}"><image href="${origin}/svg"/></svg>`,
    `<iframe src="${origin}/frame"></iframe><object data="${origin}/object"></object><embed src="${origin}/embed">`,
    `<link rel="stylesheet" href="${origin}/sheet"><style>@import "${origin}/import";body{background:url(${origin}/url)}</style>`,
    `<meta http-equiv="refresh" content="0;url=${origin}/refresh"><base href="${origin}/"><body onload="${act}">`,
    `<form action="${origin}/form" id="f"></form><video src="${origin}/video" autoplay></video>\${${act}} javascript:${act}//`,
  ].join('');
}

/** Those that leave the page where it is: another page could not be asked what happened. */
function staying(): string {
  return payloads().replace(/<meta[^>]*>/, '');
}

/** Opens the page and gives what its document is afterwards. */
async function opened(html: string): Promise<{ dom: string; requests: string[] }> {
  caught = [];
  const dom = await documentOf(html, folder);
  return { dom, requests: [...caught] };
}

describe(`in Chromium${why}`, () => {
  inBrowser(
    'the payloads do act in a page that lets them, so that this test can fail',
    async () => {
      const { dom, requests } = await opened(`<!DOCTYPE html><title>t</title><body>${staying()}</body>`);
      expect(dom).toContain('data-pwned="yes"');
      expect(requests).toEqual(expect.arrayContaining(['/script', '/image', '/import']));
    },
    90_000,
  );

  inBrowser.each([
    ['checks and a timeline', withTimeline],
    ['a load run', withLoad],
    ['causes', diagnosed],
  ])(
    'payloads in every text of a report with %s: nothing runs, no request leaves',
    async (_, make) => {
      const { dom, requests } = await opened(renderHtml(everywhere(await make(), payloads())));
      expect(requests).toEqual([]);
      expect(dom).not.toMatch(/data-pwned="yes"|<title>PWNED/);
      expect(dom).not.toMatch(/<(script|img|iframe|object|embed|link|base|form|video|image)\b/);
      expect(dom).toContain('&lt;script&gt;document.title');
    },
    90_000,
  );

  inBrowser(
    'even as markup of the page they are stopped by its policy',
    async () => {
      const { dom, requests } = await opened(page('t', staying()));
      expect(requests).toEqual([]);
      expect(dom).toContain('<script');
      expect(dom).not.toMatch(/data-pwned="yes"|<title>PWNED/);
    },
    90_000,
  );
});
