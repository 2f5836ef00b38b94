/**
 * The process that bench/load.ts measures.
 *
 * load-client.mjs send URL REQUESTS CONCURRENCY      sends, and prints the seconds it took
 * load-client.mjs attribute REQUESTS                 records and attributes so many, and prints the memory it took
 */
import { SocketLane } from '../src/evidence/http/socket-lane.js';
import { Ledger } from '../src/load/ledger.js';
import { Nonce } from '../src/load/nonce.js';
import { Sender } from '../src/load/sender.js';

const [mode, ...args] = process.argv.slice(2);
if (mode === 'send') await send(args[0] ?? '', Number(args[1]), Number(args[2]));
else attribute(Number(args[0]));

async function send(url: string, requests: number, concurrency: number): Promise<void> {
  const { hostname, port, host, pathname } = new URL(url);
  const nonce = new Nonce();
  const ledger = new Ledger(requests);
  const sender = new Sender({
    plan: { concurrency, ratePerSecond: undefined, durationMs: undefined, signal: undefined },
    ledger,
    openLane: () =>
      new SocketLane(
        { host: hostname, port: Number(port), authority: host },
        { timeoutMs: 5000, headers: [] },
      ),
    target: (index) => nonce.target(pathname, index),
    wantsContent: () => false,
    onContent: () => undefined,
  });
  await sender.sendUntil(requests);
  if (ledger.errors > 0 || ledger.completed !== requests) throw new Error(`${ledger.errors} errors`);
  console.log(`seconds ${(sender.busyMs / 1000).toFixed(4)}`);
}

/** Two pods' logs in pages as they are read from the API, with the mark of every request in one of them. */
function attribute(requests: number): void {
  const pageLines = 30_000;
  const nonce = new Nonce();
  const ledger = new Ledger(requests);
  const reply = { head: '', body: '', connectMs: 0.4, firstByteMs: 3, totalMs: 3.1 };
  for (let index = 0; index < requests; index += 1) {
    ledger.record(index, index / 10, { ...reply, outcome: 'response', status: 200 });
  }
  const began = performance.now();
  for (let from = 0; from < requests; from += pageLines) {
    for (const pod of [0, 1]) {
      let page = '';
      for (let index = from; index < Math.min(requests, from + pageLines); index += 1) {
        if (index % 2 !== pod) continue;
        page += `2026-02-09T14:05:00.123456789Z INFO:     10.244.0.1:40022 - "GET ${nonce.target('/api/health', index)} HTTP/1.1" 200 OK\n`;
      }
      nonce.scan(page, (index) => ledger.attribute(index, `pod-${pod}`));
    }
  }
  const seconds = (performance.now() - began) / 1000;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  if (ledger.unnamed > 0) throw new Error(`${ledger.unnamed} are not attributed`);
  console.log(
    `attribution of ${requests} requests: peak memory ${megabytes} MB, ${seconds.toFixed(1)} s with making the logs`,
  );
}
