import { createWaiting } from '../cli/waiting.js';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { collectEvidence, type Collected } from '../cli/collection.js';
import { targetOptions } from '../cli/command-line.js';
import {
  asciiFlag,
  colorFlag,
  connectionFlags,
  contractFlags,
  outputFlags,
  releaseFlags,
  routeFlags,
} from '../cli/flags.js';
import { Interruption } from '../cli/interruption.js';
import { readPseudonymKey } from '../cli/pseudonym-key.js';
import { kibibytes, saveBundle } from '../cli/recording.js';
import { openSession } from '../cli/session.js';
import type { Session } from '../cli/release.js';
import { UsageError } from '../cli/usage-error.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import type { Packed } from '../evidence/bundle/pack.js';
import { checkOutputs } from '../report/outputs.js';
import { renderCollected, type CollectSummary } from '../report/collect.js';
import { streamStyle } from '../cli/stream-style.js';
import { writeStdout } from '../report/write.js';
import { printed } from '../report/printed.js';

export default class Collect extends BaseCommand {
  static override summary = 'Collect the evidence into one file that is safe to send';
  static override description =
    'Reads everything that verify, doctor and loadbalance look at, and writes it as a bundle: no value of a Secret, no ' +
    'credential in logs or manifests. Anybody can then run verify --from, or lab, on it, without access to the cluster. ' +
    'Exit code: 0 everything was read, 3 the bundle is written and says what could not be read, 2 wrong usage, ' +
    '4 it could not be written.';
  static override examples = [
    { command: '<%= config.bin %> collect', description: 'A bundle in this folder:' },
    {
      command: '<%= config.bin %> collect -n todo -o bundle.tgz --pseudonymize',
      description: 'Without host names, addresses and user names:',
    },
    { command: '<%= config.bin %> verify --from bundle.tgz', description: 'The same verdict, anywhere:' },
  ];
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'File to write (default: todo-k8s-RELEASE-TIME.tgz)',
      helpGroup: 'BUNDLE',
    }),
    'log-lines': Flags.integer({
      description: 'Keep only so many of the newest lines of each log',
      min: 1,
      helpGroup: 'BUNDLE',
    }),
    'max-size': Flags.integer({
      description: 'Largest size of all evidence together, unpacked, in MiB; what does not fit is left out',
      min: 1,
      max: 192,
      default: 64,
      helpGroup: 'BUNDLE',
    }),
    pseudonymize: Flags.boolean({
      description: 'Replace host names, addresses and user names by tokens, the same always by the same',
      helpGroup: 'BUNDLE',
    }),
    'include-unredacted': Flags.boolean({
      description: 'Keep logs, events and answers although a Secret could not be read',
      helpGroup: 'BUNDLE',
    }),
    ...connectionFlags,
    release: releaseFlags.release,
    ...contractFlags,
    ...routeFlags,
    color: colorFlag,
    ascii: asciiFlag,
    verbose: outputFlags.verbose,
  };

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Collect);
    const { output } = flags;
    checkOutputs([{ file: output ?? 'todo-k8s.tgz' }]);
    const declined = new Map<EvidenceKey, string>(flags.exec ? [] : [['inPod', '--no-exec']]);
    const { stdout } = process;
    const style = (stream: NodeJS.WriteStream) => streamStyle(stream, flags);
    const progress = createWaiting(flags);
    const pseudonymKey = flags.pseudonymize ? readPseudonymKey(this.config.dataDir) : undefined;
    const interruption = new Interruption();
    let session: Session | undefined;
    try {
      session = await openSession(
        { ...flags, record: output ?? '', 'all-releases': false },
        interruption.signal,
      );
      const [release] = session.releases;
      if (release === undefined) throw new UsageError('no release was found: name one with --release');
      const collected = await collectEvidence({
        version: this.config.version,
        release,
        declined,
        interruption,
        onProgress: (pending, all) => progress?.show('reading', all - pending.length, all, pending),
      });
      progress?.tell('packing');
      const { report } = collected;
      const file =
        output ?? defaultName(release.target.release ?? release.target.namespace, report.startedAt);
      const packed = await saveBundle({
        file,
        session,
        interruption,
        release,
        report,
        argv: this.argv,
        target: targetOptions(flags),
        options: { declined: Object.fromEntries(declined) },
        maxBytes: flags['max-size'] * 1024 * 1024,
        pseudonymKey,
        includeUnredacted: flags['include-unredacted'],
      });
      progress?.stop();
      const summary = summaryOf(collected, packed, declined, file);
      await writeStdout(
        stdout,
        printed(renderCollected(session.redactor.redactDeep(summary), style(stdout))),
      );
      process.exitCode = interruption.exitCode ?? (summary.unread.length > 0 ? 3 : 0);
    } finally {
      progress?.stop();
      await session?.close();
      interruption.dispose();
    }
  }
}

function summaryOf(
  { report, evidence }: Collected,
  { manifest, bytes }: Packed,
  declined: ReadonlyMap<EvidenceKey, string>,
  file: string,
): CollectSummary {
  const { redactions, leftOut, pseudonymized } = manifest;
  return {
    report,
    file,
    size: kibibytes(bytes.reduce((sum, part) => sum + part.length, 0)),
    read: [...evidence].flatMap(([key, observed]) => (observed.ok ? [key] : [])),
    unread: [...evidence].flatMap(([key, observed]) =>
      observed.ok ? [] : [{ key, reason: observed.detail }],
    ),
    declined: [...declined].map(([key, reason]) => ({ key, reason })),
    redactions,
    leftOut,
    pseudonymized,
    notices: report.notices,
  };
}

/** Such as `todo-k8s-todo-chatbot-20260209T140500Z.tgz`. */
function defaultName(release: string, startedAt: string): string {
  return `todo-k8s-${release}-${startedAt.replace(/[-:]|\.\d+/g, '')}.tgz`;
}
