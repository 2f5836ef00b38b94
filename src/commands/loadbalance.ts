import { createWaiting } from '../cli/waiting.js';
import path from 'node:path';
import { Flags } from '@oclif/core';
import { parseBackendUrl } from '../cli/backend-url.js';
import { BaseCommand } from '../cli/base-command.js';
import { openStream } from '../cli/examine.js';
import {
  bundleFlags,
  connectionFlags,
  contractFlags,
  durationFlag,
  outputFlags,
  releaseFlags,
} from '../cli/flags.js';
import { Interruption } from '../cli/interruption.js';
import {
  confidenceFlag,
  headerFlag,
  pathFlag,
  podFieldFlag,
  podHeaderFlag,
  rateFlag,
  readThreshold,
  thresholdFlag,
  viaFlag,
  workersFlags,
} from '../cli/load-flags.js';
import { runLoad } from '../cli/load-run.js';
import { readPseudonymKey } from '../cli/pseudonym-key.js';
import { saveBundle, savedLine } from '../cli/recording.js';
import { openSession } from '../cli/session.js';
import type { ReplayedRun, Session } from '../cli/release.js';
import { commandLine, targetOptions } from '../cli/command-line.js';
import { UsageError } from '../cli/usage-error.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import type { Contract } from '../contract/contract.js';
import type { Threshold } from '../computed/load-threshold.js';
import type { Ledger } from '../load/ledger.js';
import { DEFAULT_CONCURRENCY, MAX_REQUESTS, type LoadPlan } from '../load/plan.js';
import type { EventStream } from '../report/events.js';
import { createLoadDisplay } from '../report/loadbalance/live.js';
import { sampleLines } from '../report/loadbalance/samples.js';
import { checkOutputs, LOAD_FORMATS, LOAD_RENDERERS, parseOutputs } from '../report/outputs.js';
import { streamStyle } from '../cli/stream-style.js';
import { writeFileAtomically, writeReport, writeStderr } from '../report/write.js';
import { printed } from '../report/printed.js';

/** Flags that say how requests are sent: those of a bundle were sent already. */
const SENDING = [
  'requests',
  'concurrency',
  'rate',
  'duration',
  'until-decided',
  'keep-alive',
  'path',
  'header',
  'timeout',
  'pod-header',
  'pod-field',
  'samples',
];

export default class Loadbalance extends BaseCommand {
  static override summary = 'Send requests, and say which pod served each and whether that is an even spread';
  static override description =
    'Each request has a connection of its own, and is attributed to a pod by its mark in the pod’s access log (or by ' +
    'a pod name in the response). The cluster is only read, but for --workers with --apply. Exit code: 0 balanced, 1 a pod answered nothing, requests ' +
    'failed, the spread is uneven or a limit is exceeded, 2 wrong usage, 3 could not be determined.';
  static override examples = [
    { command: '<%= config.bin %> loadbalance', description: 'The contract’s ten requests:' },
    { command: '<%= config.bin %> loadbalance --lab', description: 'Without a cluster, on an embedded one:' },
    {
      command: '<%= config.bin %> loadbalance --requests 1000 --concurrency 16 --fail-on "p99>500ms"',
      description: 'With a limit for latency:',
    },
    {
      command: '<%= config.bin %> loadbalance --until-decided -o json',
      description: 'As many requests as decide it:',
    },
    { command: '<%= config.bin %> loadbalance --keep-alive', description: 'What one open connection does:' },
  ];
  static override flags = {
    requests: Flags.integer({
      description: `Requests to send, 1 to ${MAX_REQUESTS} (default: the contract's, 10)`,
      min: 1,
      max: MAX_REQUESTS,
      helpGroup: 'LOAD',
    }),
    concurrency: Flags.integer({
      description: 'Requests under way at the same time',
      min: 1,
      max: 1000,
      default: DEFAULT_CONCURRENCY,
      helpGroup: 'LOAD',
    }),
    rate: rateFlag({ description: 'Requests started each second', helpGroup: 'LOAD' }),
    duration: durationFlag({
      description: 'Stop sending after this long; without --requests: send until then',
      helpGroup: 'LOAD',
    }),
    'until-decided': Flags.boolean({
      description: 'Send just as many more as decide whether a pod gets no requests',
      helpGroup: 'LOAD',
    }),
    'keep-alive': Flags.boolean({
      description: 'Also send them over one connection that is kept open, to compare',
      helpGroup: 'LOAD',
    }),
    path: pathFlag({ description: 'Path to ask for (default: the health path)', helpGroup: 'REQUEST' }),
    header: headerFlag({
      char: 'H',
      description: 'Header to send, such as "Authorization: Bearer …"',
      multiple: true,
      multipleNonGreedy: true,
      helpGroup: 'REQUEST',
    }),
    timeout: durationFlag({
      description: 'Longest wait for one request',
      default: 5000,
      defaultHelp: () => Promise.resolve('5s'),
      helpGroup: 'REQUEST',
    }),
    url: Flags.string({
      parse: (input) => Promise.resolve(parseBackendUrl(input)),
      description: 'Where the backend answers (default: found by itself, localhost first)',
      exclusive: ['via'],
      helpGroup: 'REQUEST',
    }),
    via: viaFlag({
      description: 'One way to the backend: nodeport, node:NAME, service, proxy or port-forward',
      helpGroup: 'REQUEST',
    }),
    'pod-header': podHeaderFlag({
      description: 'Response header that names the pod (default: the usual ones are tried)',
      exclusive: ['pod-field'],
      helpGroup: 'ATTRIBUTION',
    }),
    'pod-field': podFieldFlag({
      description: 'Field of the JSON response that names the pod',
      helpGroup: 'ATTRIBUTION',
    }),
    'expect-pods': Flags.integer({
      description: 'Pods that must be ready (default: at least the contract’s replicas)',
      min: 1,
      helpGroup: 'JUDGEMENT',
    }),
    confidence: confidenceFlag({
      description: 'Probability with which an even spread must not be called uneven (default: 0.99)',
      helpGroup: 'JUDGEMENT',
    }),
    'fail-on': thresholdFlag({
      description:
        'Limit for p50, p90, p99, max, errors, unattributed or unserved, such as errors>1%. Repeatable',
      multiple: true,
      multipleNonGreedy: true,
      helpGroup: 'JUDGEMENT',
    }),
    ...workersFlags,
    ...connectionFlags,
    release: releaseFlags.release,
    deployment: releaseFlags.deployment,
    ...contractFlags,
    record: bundleFlags.record,
    pseudonymize: bundleFlags.pseudonymize,
    'include-unredacted': bundleFlags['include-unredacted'],
    from: {
      ...bundleFlags.from,
      exclusive: [...(bundleFlags.from.exclusive ?? []), ...SENDING],
    },
    ...outputFlags,
    output: Flags.string({
      char: 'o',
      description: `${LOAD_FORMATS.join(', ')}; format=file writes a file. Repeatable`,
      multiple: true,
      multipleNonGreedy: true,
      helpGroup: 'OUTPUT',
    }),
    samples: Flags.string({ description: 'Write every request into this CSV file', helpGroup: 'OUTPUT' }),
  };

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Loadbalance);
    if (flags.workers !== undefined) {
      const { loadWithWorkers } = await import('../cli/workers-command.js');
      await loadWithWorkers({ ...flags, workers: flags.workers }, this.config.version);
      return;
    }
    const outputs = parseOutputs(flags.output ?? [], process.cwd(), LOAD_FORMATS);
    const samples = flags.samples === undefined ? undefined : path.resolve(flags.samples);
    if (samples !== undefined && outputs.some(({ file }) => file === samples))
      throw new UsageError(`--samples and -o both name ${samples}`);
    checkOutputs([...outputs, { file: samples }, { file: flags.record }]);
    if (flags.via === 'proxy' && (flags.header ?? []).length > 0)
      throw new UsageError('--header cannot be sent through the API server’s proxy: choose another --via');
    const { env, stderr, stdout } = process;
    const style = (stream: NodeJS.WriteStream) => streamStyle(stream, flags);
    // Lines of --verbose and a live display would write over each other.
    const display = createLoadDisplay(stderr, stderr.isTTY && !flags.verbose, style(stderr), env);

    const interruption = new Interruption();
    // Until the first answer; the load run has a display of its own.
    const waiting = createWaiting(flags);
    let session: Session | undefined;
    let stream: EventStream | undefined;
    try {
      session = await openSession({ ...flags, 'all-releases': false }, interruption.signal);
      const { redactor } = session;
      const [release] = session.releases;
      if (release === undefined) throw new UsageError('no release was found: name one with --release');
      stream = await openStream(outputs, release, session, {
        version: this.config.version,
        command: 'loadbalance',
      });
      const untilDecided = flags['until-decided'];
      const own = flags.confidence ?? release.contract.loadBalancing.confidence;
      const options = loadOptions(flags, untilDecided ? halved(own) : own, release.replayed);
      let ledger: Ledger | undefined;
      const report = await runLoad({
        version: this.config.version,
        release,
        plan: {
          ...planOf({ ...flags, timeout: options.timeoutMs, rate: options.ratePerSecond }, release.contract),
          untilDecided: untilDecided ? { confidence: options.confidence } : undefined,
          signal: interruption.signal,
          onProgress: (progress) => {
            waiting?.stop();
            display?.onProgress(progress);
            stream?.onProgress(progress);
          },
          onLedger: samples === undefined ? undefined : (all) => (ledger = all),
        },
        judge: {
          expectPods: options.expectPods,
          confidence: options.confidence,
          thresholds: options.failOn.map(readThreshold),
        },
        interruption,
        emit: (event) => stream?.onEvent(event),
        again: (requests) =>
          commandLine('loadbalance', argumentsOf(this.argv, release.replayed), { requests }),
      });
      waiting?.stop();
      display?.stop();
      const context = {
        stdout,
        style: style(stdout),
        redact: redactor.redact,
        stepSummary: env.GITHUB_STEP_SUMMARY,
      };
      process.exitCode = report.exitCode;
      try {
        await writeReport(report, outputs, context, LOAD_RENDERERS);
      } finally {
        await stream?.onReport(report);
        if (samples !== undefined && ledger) writeFileAtomically(samples, sampleLines(ledger));
      }
      if (flags.record !== undefined) {
        const file = flags.record;
        const packed = await saveBundle({
          file,
          session,
          interruption,
          release,
          report,
          argv: this.argv,
          target: targetOptions(flags),
          options: { load: options },
          includeUnredacted: flags['include-unredacted'],
          pseudonymKey: flags.pseudonymize ? readPseudonymKey(this.config.dataDir) : undefined,
        });
        writeStderr(printed(savedLine(file, packed)));
      }
    } finally {
      waiting?.stop();
      display?.stop();
      stream?.close();
      await session?.close();
      interruption.dispose();
    }
  }
}

/** How the requests were sent and are judged: those of a bundle as they were, unless limits are set again. */
function loadOptions(
  flags: {
    timeout: number;
    rate?: number;
    confidence?: number;
    'expect-pods'?: number;
    'fail-on'?: Threshold[];
  },
  confidence: number,
  replayed: ReplayedRun | undefined,
): NonNullable<RunOptions['load']> {
  const recorded = replayed?.options.load;
  return {
    timeoutMs: recorded?.timeoutMs ?? flags.timeout,
    ratePerSecond: recorded ? recorded.ratePerSecond : flags.rate,
    confidence: flags.confidence === undefined ? (recorded?.confidence ?? confidence) : confidence,
    expectPods: flags['expect-pods'] ?? recorded?.expectPods,
    failOn: flags['fail-on']?.map(({ text }) => text) ?? recorded?.failOn ?? [],
  };
}

/** The command line to repeat: that of the recorded run, which was sent to a cluster. */
function argumentsOf(argv: readonly string[], replayed: ReplayedRun | undefined): readonly string[] {
  if (!replayed) return argv;
  return replayed.command === 'loadbalance' ? replayed.arguments : [];
}

/** Two looks at one run: each may err half as often. */
function halved(confidence: number): number {
  return 1 - (1 - confidence) / 2;
}

interface PlanFlags {
  requests?: number;
  concurrency: number;
  rate?: number;
  duration?: number;
  path?: string;
  header?: (readonly [string, string])[];
  timeout: number;
  'pod-header'?: string;
  'pod-field'?: string;
  'keep-alive': boolean;
}

function planOf(
  flags: PlanFlags,
  { loadBalancing, http }: Contract,
): Omit<LoadPlan, 'untilDecided' | 'signal' | 'onProgress' | 'onLedger'> {
  return {
    requests: flags.requests ?? (flags.duration === undefined ? loadBalancing.requests : undefined),
    concurrency: flags.concurrency,
    ratePerSecond: flags.rate,
    durationMs: flags.duration,
    path: flags.path ?? http.healthPath,
    headers: flags.header ?? [],
    timeoutMs: flags.timeout,
    podHeader: flags['pod-header'],
    podField: flags['pod-field'],
    keepAlive: flags['keep-alive'],
  };
}
