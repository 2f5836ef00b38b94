/** What one worker does: sends its requests on every way at once, and counts. It asks nothing of the API server. */
import { SocketLane } from '../../evidence/http/socket-lane.js';
import { Ledger } from '../ledger.js';
import { Nonce } from '../nonce.js';
import { PodNames } from '../pod-name.js';
import { Sender } from '../sender.js';
import { countsOf, type WayCounts, type WorkerResult } from './result.js';
import { markOf, type WorkerSpec, type WorkerWay } from './spec.js';

/** @param signal ends it early: what was counted until then is the result */
export async function sendAsWorker(
  spec: WorkerSpec,
  worker: number,
  signal: AbortSignal,
): Promise<WorkerResult> {
  const ways = await Promise.all(
    spec.ways.map((way, index) => sendOn(spec, way, markOf(spec, worker, index), signal)),
  );
  return { worker, ways };
}

async function sendOn(
  spec: WorkerSpec,
  { host, port }: WorkerWay,
  mark: string,
  signal: AbortSignal,
): Promise<WayCounts> {
  const { requests, concurrency, path, timeoutMs, podHeader, podField } = spec;
  const ledger = new Ledger(requests);
  const nonce = new Nonce(mark);
  const names = new PodNames({ podHeader, podField }, new Set(spec.pods));
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const sender = new Sender({
    plan: { concurrency, ratePerSecond: undefined, durationMs: undefined, signal },
    ledger,
    openLane: () => new SocketLane({ host, port, authority }, { timeoutMs, headers: [] }),
    target: (index) => nonce.target(path, index),
    wantsContent: () => names.wantsContent,
    onContent: (index, head, body) => {
      const pod = names.nameIn({ head, body });
      if (pod !== undefined) ledger.attribute(index, pod);
    },
  });
  await sender.sendUntil(requests);
  return countsOf(ledger, sender.numbers);
}
