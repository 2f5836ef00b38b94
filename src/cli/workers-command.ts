/** What `loadbalance --workers` does with its flags: prints the Job, or runs it and shows what came of it. */
import { yamlDocument } from '../report/yaml.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import { KubernetesError } from '../evidence/kubernetes/client.js';
import { createKubernetesWriter } from '../evidence/kubernetes/writer.js';
import { workersJson, workersText } from '../report/loadbalance/workers.js';
import { printed, printedLine } from '../report/printed.js';
import { writeStderr, writeStdout } from '../report/write.js';
import { clientOptions } from './client-options.js';
import { Interruption } from './interruption.js';
import type { SessionFlags } from './release.js';
import { openSession } from './session.js';
import { streamStyle } from './stream-style.js';
import { UsageError } from './usage-error.js';
import { planWorkers, runWorkers } from './workers.js';

const IMAGE = 'ghcr.io/todo-k8s/todo-k8s';

export interface WorkersFlags extends Omit<SessionFlags, 'all-releases' | 'exec'> {
  workers: number;
  apply: boolean;
  keep: boolean;
  image?: string;
  requests?: number;
  concurrency: number;
  timeout: number;
  path?: string;
  'pod-header'?: string;
  'pod-field'?: string;
  output?: string[];
  color?: boolean;
  ascii?: boolean;
}

/**
 * Sets the process's exit code.
 * @throws UsageError, ContractError, KubeconfigError for the base command to say
 */
export async function loadWithWorkers(flags: WorkersFlags, version: string): Promise<void> {
  const [format = 'text', ...more] = flags.output ?? [];
  if (!['text', 'json'].includes(format) || more.length > 0)
    throw new UsageError('--workers is shown as one of -o text and -o json, on standard output');
  const interruption = new Interruption();
  const { signal } = interruption;
  const session = await openSession({ ...flags, 'all-releases': false, exec: false }, signal);
  const say = (line: string) => writeStderr(printedLine(line));
  try {
    const [release] = session.releases;
    if (release === undefined) throw new UsageError('no release was found: name one with --release');
    const { loadBalancing, http } = release.contract;
    const requests = flags.requests ?? loadBalancing.requests;
    const plan = await planWorkers(
      release,
      {
        ...{ workers: flags.workers, requests, concurrency: flags.concurrency, timeoutMs: flags.timeout },
        path: flags.path ?? http.healthPath,
        image: flags.image ?? `${IMAGE}:${version}`,
        podHeader: flags['pod-header'],
        podField: flags['pod-field'],
      },
      signal,
    );
    if (!flags.apply) {
      await writeStdout(process.stdout, printed(yamlDocument(plan.job)));
      say('nothing was written: --apply creates this Job, adds up what its pods counted, and removes it');
      return;
    }
    const connection = clientOptions(flags);
    const client = await createKubernetesClient(connection, process.env);
    const writer = await createKubernetesWriter(connection, process.env);
    try {
      const report = await runWorkers({ client, writer, release, plan, keep: flags.keep, signal, say });
      const { target } = release;
      const head = {
        release: target.release ?? target.names.deployment,
        namespace: target.namespace,
        job: plan.name,
        requests,
      };
      const { stdout } = process;
      const text =
        format === 'json'
          ? workersJson(report, head, version)
          : workersText(report, head, streamStyle(stdout, flags));
      await writeStdout(stdout, printed(session.redactor.redact(text)));
      process.exitCode = interruption.exitCode ?? report.exitCode;
    } finally {
      writer.close();
      await client.close();
    }
  } catch (error) {
    if (interruption.exitCode !== undefined) process.exitCode = interruption.exitCode;
    else if (error instanceof KubernetesError) {
      say(error.message);
      process.exitCode = 3;
    } else throw error;
  } finally {
    await session.close();
    interruption.dispose();
  }
}
