/** Every request as a line of CSV; times in milliseconds. */
import type { Ledger } from '../../load/ledger.js';
import { csvCell } from './csv.js';
import { printed, type Text } from '../printed.js';

/** Lines that are handed out at a time: neither one string of all nor a write for each. */
const BATCH = 2000;

/** The lines of `--samples`, in batches. */
export function* sampleLines(ledger: Ledger): Generator<Text> {
  let batch = 'request,at_ms,pod,outcome,status,connect_ms,first_byte_ms,total_ms\n';
  let lines = 0;
  for (const { index, atMs, pod, outcome, status, connectMs, firstByteMs, totalMs } of ledger.entries()) {
    const cells = [index, atMs, pod ?? '', outcome, status === 0 ? '' : status];
    const times = [connectMs, firstByteMs, totalMs].map((ms) => (ms === undefined ? '' : ms.toFixed(3)));
    batch += `${[...cells, ...times].map(csvCell).join(',')}\n`;
    lines += 1;
    if (lines % BATCH !== 0) continue;
    yield printed(batch);
    batch = '';
  }
  yield printed(batch);
}
