/** Proxies before an API server refuse long URLs (414, 431): what commands ask of the lab, as it comes in. */
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import Collect from '../../../src/commands/collect.js';
import Doctor from '../../../src/commands/doctor/index.js';
import Verify from '../../../src/commands/verify.js';
import { startLab, type Lab } from '../../../src/lab/lab.js';
import { runCommand, temporaryFolder } from '../../bundle/support.js';

const MAX_URL_LENGTH = 2000;

const upgrade = jest.spyOn(WebSocketServer.prototype, 'handleUpgrade');
const { file, remove } = temporaryFolder();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
beforeEach(() => void upgrade.mockClear());
afterAll(async () => {
  upgrade.mockRestore();
  remove();
  await lab.close();
});

test.each([
  ['verify', () => runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath]), 2],
  ['doctor', () => runCommand(Doctor, ['--kubeconfig', lab.kubeconfigPath]), 8],
  ['collect', () => runCommand(Collect, ['--kubeconfig', lab.kubeconfigPath, '-o', file('b.tgz')]), 8],
])('%s: no exec’s URL is long, and none holds a program', async (_, run, atLeast) => {
  await run();
  const requests = upgrade.mock.calls.map(([request]) => request as IncomingMessage);
  const urls = requests.map(({ url = '' }) => url).filter((url) => url.includes('/exec?'));
  expect(urls.length).toBeGreaterThanOrEqual(atLeast);
  for (const url of urls) {
    expect(url.length).toBeLessThan(MAX_URL_LENGTH);
    expect(new URL(url, 'https://lab').searchParams.get('stdin')).toBe('true');
  }
});
