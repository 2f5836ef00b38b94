import { BaseCommand } from '../cli/base-command.js';
import { Interruption } from '../cli/interruption.js';
import { UsageError } from '../cli/usage-error.js';
import { resultLine } from '../load/workers/result.js';
import { sendAsWorker } from '../load/workers/send.js';
import type { WorkerSpec } from '../load/workers/spec.js';
import { printedLine } from '../report/printed.js';
import { writeStdout } from '../report/write.js';

export default class Send extends BaseCommand {
  static override hidden = true;
  static override summary = 'What a worker of loadbalance --workers runs in its pod';
  static override strict = false;

  /** @throws UsageError for what no Job of this program says */
  async run(): Promise<void> {
    const worker = Number(process.env.JOB_COMPLETION_INDEX ?? '0');
    let spec: WorkerSpec;
    try {
      spec = JSON.parse(this.argv[0] ?? '') as WorkerSpec;
    } catch {
      throw new UsageError('this is run by the Job that loadbalance --workers makes');
    }
    const interruption = new Interruption();
    try {
      const result = await sendAsWorker(spec, worker, interruption.signal);
      await writeStdout(process.stdout, printedLine(resultLine(result)));
    } finally {
      interruption.dispose();
    }
  }
}
