/** One release, ready to be observed, and the flags that lead to it. */
import type { CheckContext } from '../rule/context.js';
import type { Contract } from '../contract/contract.js';
import type { ResolvedContract } from '../contract/resolve.js';
import type { Target } from '../contract/target.js';
import type { ReplaySource } from '../engine/report.js';
import type { BundleRun } from '../evidence/bundle/manifest.js';
import type { Recorder } from '../evidence/bundle/recorder.js';
import type { EvidenceKey, EvidenceReader } from '../evidence/evidence.js';
import type { Redactor } from '../evidence/redaction.js';
import type { LoadPlan } from '../load/plan.js';
import type { Shell } from '../rule/command.js';
import { flagsFor, followingArguments } from './following.js';
import type { Planned } from './planned.js';
import type { Listed } from './releases-file.js';
import type { Shard } from './shard.js';

/** Releases that are looked at side by side. */
export const CONCURRENT_RELEASES = 8;

/** What the shared flags hold once oclif has parsed them. */
export interface SessionFlags {
  namespace?: string;
  context?: string;
  kubeconfig?: string;
  as?: string;
  'as-group'?: string[];
  'request-timeout': number;
  lab?: string;
  release?: string;
  deployment?: string;
  'all-releases': boolean;
  'all-namespaces'?: boolean;
  /** Clusters to look at in one run. */
  contexts?: string[] | undefined;
  /** A file that names releases, or - for standard input. */
  'releases-from'?: string | undefined;
  /** The part of the releases that this run looks at. */
  shard?: Shard | undefined;
  /** What that file names of this context. */
  listed?: readonly Listed[];
  values?: string[];
  contract?: string;
  /** False: a todo-k8s.yaml above the working directory is no contract. */
  projectFile?: false;
  set?: string[];
  /** Flags that were not given, with where they come from; variables that are nearly settings. */
  defaults?: string[];
  stray?: string[];
  /** The project's file, where the contract is from there. */
  project?: string | undefined;
  url?: string;
  origin?: string;
  via?: string;
  /** Undefined: the command runs nothing in pods, and has no flag that says so. */
  exec?: boolean;
  verbose?: boolean;
  /** What would be installed, in place of a cluster: a file, a folder, or - for standard input. */
  manifests?: string;
  /** A chart to render, in place of a cluster; `values` and `set` are Helm's then. */
  chart?: string;
  /** With `manifests` or `chart`: where it would be applied, `live` or a bundle. */
  against?: string;
  /** What Helm has stored of the installed release, in place of what is there now. */
  stored?: boolean;
  /** A bundle to read in place of a cluster. */
  from?: string;
  /** A bundle to write. */
  record?: string;
  /** Newest lines of each log that the bundle keeps. */
  'log-lines'?: number;
  /** Facts that the command reads of a release whatever it finds: what they are made from is asked for early. */
  ahead?: ReadonlySet<EvidenceKey>;
}

/** One release, ready to be observed. */
export interface Release {
  target: Target;
  contract: Contract;
  /** The contract with the origin of each value. */
  resolved: ResolvedContract;
  /** What the user must know about the run itself. */
  notices: string[];
  /** What could not be removed from texts, known once they were read. */
  unremoved: () => string[];
  /**
   * A reader of the state as it is now.
   * @param load requests to send in place of the contract's
   * @param contract says where to look, in place of the release's own
   */
  observe(load?: LoadPlan, contract?: Contract): EvidenceReader;
  /** Milliseconds since the epoch that checks take for now. */
  now(): number;
  /** What leads a pasted command to the same cluster. */
  shell: Shell;
  /** Takes down what is observed, when that was asked for. */
  recorder: Recorder | undefined;
  /** Flags that were not given, with where they come from. */
  defaults?: string[];
  /** Of a bundle: the run that is replayed. */
  replayed: ReplayedRun | undefined;
  /** It is not installed yet; undefined: it runs, or ran. */
  planned?: Planned;
}

/** What a release is judged by. */
export function contextOf(release: Release): CheckContext {
  const { contract, target, shell } = release;
  return { contract, target, shell, now: release.now() };
}

/** What every report says of its run: when it was, where its defaults are from, and of which recording. @param startedAt live; ms since the epoch */
export function runFields({ replayed, defaults }: Release, startedAt: number) {
  return {
    from: replayed?.source,
    defaults,
    startedAt: replayed?.startedAt ?? startedAt,
    finishedAt: replayed?.finishedAt ?? Date.now(),
  };
}

/**
 * What was given on the command line leads elsewhere than the shell's own defaults. A lab is nobody's default, and is
 * gone by the time that a line is pasted: with its context the line fails, and hits no other cluster.
 */
export function shellFor(flags: SessionFlags, target: Target): Shell {
  return {
    context: flags.lab === undefined ? flags.context : target.context,
    kubeconfig: flags.lab === undefined ? flags.kubeconfig : undefined,
    own: followingArguments(flagsFor(target, flags)),
  };
}

export interface ReplayedRun extends BundleRun {
  source: ReplaySource;
  /** Milliseconds since the epoch. */
  startedAt: number;
  finishedAt: number;
  /** Its host names, addresses and user names are tokens. */
  pseudonymized: boolean;
}

/** Whether several releases are asked for, however many there turn out to be. */
export function areSeveral(
  flags: Pick<SessionFlags, 'all-releases' | 'all-namespaces' | 'contexts' | 'releases-from'>,
): boolean {
  return (
    flags['all-releases'] ||
    flags['all-namespaces'] === true ||
    flags.contexts !== undefined ||
    flags['releases-from'] !== undefined
  );
}

export interface Session {
  releases: Release[];
  /** Of several: how many there are in all shards; as many as `releases` when undefined. */
  found?: number | undefined;
  /** Knows every secret that was read in this session. */
  redactor: Redactor;
  close(): Promise<void>;
}
