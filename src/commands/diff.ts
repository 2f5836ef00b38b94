import { createWaiting } from '../cli/waiting.js';
import { Args, Flags } from '@oclif/core';
import path from 'node:path';
import { BaseCommand } from '../cli/base-command.js';
import { collectEvidence } from '../cli/collection.js';
import {
  asciiFlag,
  colorFlag,
  connectionFlags,
  contractFlags,
  releaseFlags,
  routeFlags,
} from '../cli/flags.js';
import { lastHealthyBundle } from '../cli/healthy-bundle.js';
import { Interruption } from '../cli/interruption.js';
import { openSession } from '../cli/session.js';
import type { SessionFlags } from '../cli/release.js';
import { UsageError } from '../cli/usage-error.js';
import { compareSnapshots } from '../diff/compare.js';
import { snapshotOf, type Snapshot } from '../diff/snapshot.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { renderDiff, renderDiffJson } from '../report/diff.js';
import type { Progress } from '../report/progress.js';
import { streamStyle } from '../cli/stream-style.js';
import { writeStdout } from '../report/write.js';
import { redactTexts } from '../evidence/redact-texts.js';
import { printed } from '../report/printed.js';

/** The cluster as it is now. */
const LIVE = 'live';

export default class Diff extends BaseCommand {
  static override summary = 'Say what changed between two states: bundles, or the cluster as it is';
  static override description =
    'Compares what matters: checks, the contract, specs field by field with what the contract demands, images, restarts, ' +
    'a rotated Secret, nodes, events. Exit code: 0 nothing changed, 1 something did, 2 wrong usage, 3 something could ' +
    'not be compared.';
  static override examples = [
    { command: '<%= config.bin %> diff monday.tgz today.tgz', description: 'Two bundles:' },
    { command: '<%= config.bin %> diff monday.tgz live', description: 'A bundle and the cluster:' },
    {
      command: '<%= config.bin %> diff --since-healthy broken.tgz',
      description: 'What changed since the newest bundle in the same folder that passed:',
    },
  ];
  static override args = {
    a: Args.string({ description: 'Bundle, or live: the older state' }),
    b: Args.string({ description: 'Bundle, or live (default): the newer state' }),
  };
  static override flags = {
    'since-healthy': Flags.boolean({
      description: 'Compare with the newest older bundle of the release in which every check passed',
    }),
    in: Flags.string({
      description: 'Folder in which --since-healthy looks (default: the bundle’s, else this one)',
      dependsOn: ['since-healthy'],
    }),
    output: Flags.string({
      char: 'o',
      description: 'Form of the output',
      options: ['text', 'json'],
      default: 'text',
    }),
    ...connectionFlags,
    release: releaseFlags.release,
    deployment: releaseFlags.deployment,
    ...contractFlags,
    ...routeFlags,
    color: colorFlag,
    ascii: asciiFlag,
  };

  /** @throws UsageError, BundleError, ContractError, KubeconfigError for the base command to say */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    const isSince = flags['since-healthy'];
    if (isSince && args.b !== undefined)
      throw new UsageError('--since-healthy finds the other state by itself: name one');
    if (!isSince && args.a === undefined)
      throw new UsageError(
        'name two states, such as: todo-k8s diff before.tgz after.tgz, or before.tgz live',
      );
    const { stdout } = process;
    const style = streamStyle(stdout, flags);
    const progress = createWaiting({ ...flags, from: isSince || args.a !== LIVE ? args.a : undefined });
    const interruption = new Interruption();
    try {
      const state = (name: string) => this.observe(name, flags, interruption, progress);
      let a: Snapshot;
      let b: Snapshot;
      if (isSince) {
        const name = args.a ?? LIVE;
        b = await state(name);
        const folder = flags.in ?? (name === LIVE ? '.' : path.dirname(name));
        const target = { namespace: b.side.namespace, release: b.side.release ?? undefined };
        a = await state(await lastHealthyBundle({ folder, target, before: Date.parse(b.side.at) }));
      } else {
        a = await state(args.a ?? LIVE);
        b = await state(args.b ?? LIVE);
      }
      const result = compareSnapshots(a, b, this.config.version);
      progress?.stop();
      const clean = this.redact.reduce((shown, redact) => redactTexts(shown, redact), result);
      const text = flags.output === 'json' ? renderDiffJson(clean) : renderDiff(clean, style);
      await writeStdout(stdout, printed(text));
      process.exitCode = interruption.exitCode ?? result.exitCode;
    } finally {
      progress?.stop();
      interruption.dispose();
    }
  }

  /** Those of every session: what one has read, no output may hold. */
  private readonly redact: ((text: string) => string)[] = [];

  /** Reads one state and keeps of it what is compared. */
  private async observe(
    name: string,
    flags: Omit<SessionFlags, 'all-releases'>,
    interruption: Interruption,
    progress: Progress | undefined,
  ): Promise<Snapshot> {
    const isLive = name === LIVE;
    const session = await openSession(
      { ...flags, 'all-releases': false, ...(isLive ? {} : { from: name }) },
      interruption.signal,
    );
    const { redactor } = session;
    this.redact.push(redactor.redact);
    try {
      const [release] = session.releases;
      if (release === undefined) throw new UsageError('no release was found: name one with --release');
      const { replayed, target, contract } = release;
      const declined = new Map(Object.entries(replayed?.options.declined ?? {}) as [EvidenceKey, string][]);
      if (!flags.exec) declined.set('inPod', '--no-exec');
      const { report, evidence } = await collectEvidence({
        version: this.config.version,
        release,
        declined,
        interruption,
        onProgress: (pending, all) => progress?.show(name, all - pending.length, all, pending),
      });
      const at = isLive ? report.startedAt : new Date(replayed?.startedAt ?? 0).toISOString();
      return snapshotOf({
        label: name,
        report: { ...report, startedAt: at },
        target,
        contract,
        evidence,
        pseudonymized: replayed?.pseudonymized,
      });
    } finally {
      await session.close();
    }
  }
}
