/** A real browser, where there is one. */
import { execFile } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const named = process.env.CHROMIUM;
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  ];
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const chromium = findChromium();
/** For the title of tests that need it. */
export const why = chromium === undefined ? ' (skipped: no Chromium in PATH or CHROMIUM)' : '';

/** @param folder for the page and the browser's profile. @returns the document after the page has settled */
export async function documentOf(
  html: string,
  folder: string,
  options: readonly string[] = [],
): Promise<string> {
  const file = path.join(folder, 'page.html');
  writeFileSync(file, html);
  const { stdout } = await promisify(execFile)(
    chromium ?? '',
    [
      ...[
        '--headless',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-sync',
      ],
      ...['--disable-component-update', '--disable-quic', '--virtual-time-budget=2000', '--dump-dom'],
      // Chromium's own sandbox does not start for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...options,
      `--user-data-dir=${path.join(folder, 'profile')}`,
      `file://${file}`,
    ],
    { timeout: 60_000, maxBuffer: 1 << 26 },
  );
  return stdout;
}
