import { openSessionAloud } from '../../cli/waiting.js';
import { existsSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { connectionFlags, objectFlag, releaseFlags } from '../../cli/flags.js';
import { Interruption } from '../../cli/interruption.js';
import type { SessionFlags } from '../../cli/release.js';
import { UsageError } from '../../cli/usage-error.js';
import { writeFileAtomically, writeStderr, writeStdout } from '../../report/write.js';
import { word } from '../../rule/command.js';
import { printed, printedLine } from '../../report/printed.js';

export default class ContractInit extends BaseCommand {
  static override summary = 'Write a contract file: the written contract, or what is there';
  static override description =
    'With --from live, a cluster flag or -o: the smallest file that describes the deployment as it is. Its structure is ' +
    'taken over, its weaknesses are listed. Without: the written contract with comments, to be changed by hand.';
  static override examples = [
    '<%= config.bin %> contract init --from live -o todo-k8s.contract.yaml',
    '<%= config.bin %> contract init -n todo --deployment backend -o contract.yaml',
    '<%= config.bin %> contract init --from bundle=state.tgz',
    '<%= config.bin %> contract init --from manifests=k8s/ -o contract.yaml',
    '<%= config.bin %> contract init --from chart=./helm/todo -f values.yaml -o contract.yaml',
    '<%= config.bin %> contract init contract.yaml',
  ];
  static override args = {
    file: Args.string({ description: 'File to write (default: standard output)' }),
  };
  static override flags = {
    from: Flags.string({
      description:
        'What to describe: live, release (what Helm has installed), manifests=FILE|DIR|-, chart=DIR, or bundle=FILE',
    }),
    output: Flags.string({ char: 'o', description: 'File to write (default: standard output)' }),
    force: Flags.boolean({ description: 'Overwrite the file if it exists' }),
    values: Flags.string({
      char: 'f',
      description: 'With --from chart: values file of Helm’s',
      multiple: true,
      multipleNonGreedy: true,
    }),
    set: Flags.string({
      description: 'With --from chart: one value of Helm’s',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...connectionFlags,
    release: objectFlag({ description: releaseFlags.release.description, helpGroup: 'RELEASE' }),
    deployment: objectFlag({ description: releaseFlags.deployment.description, helpGroup: 'RELEASE' }),
  };

  /** @throws UsageError when the file exists (2); OutputError when it cannot be written (4) */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContractInit);
    const given = flags.output ?? args.file;
    const file = given === '-' ? undefined : given;
    if (file !== undefined && !flags.force && existsSync(file)) {
      throw new UsageError(`${file} exists; --force overwrites it`);
    }
    const { namespace, context, kubeconfig, lab, release, deployment } = flags;
    const cluster = [flags.from, flags.output, namespace, context, kubeconfig, lab, release, deployment];
    const isFound = cluster.some((flag) => flag !== undefined);
    const { text, notes } = isFound ? await describeFound(flags) : await written();
    if (file === undefined) await writeStdout(process.stdout, printed(text));
    else writeFileAtomically(file, printed(text));
    for (const note of notes) writeStderr(printedLine(note));
    if (file === undefined) return;
    const next = isFound ? verifyAgain(flags) : 'contract show';
    writeStderr(printedLine(`Wrote ${file}. Next: todo-k8s ${next} --contract ${word(file)}`));
  }
}

/** What is judged by the new file: the same that was described. */
function verifyAgain({ from = 'live', values = [], set = [] }: Partial<SessionFlags>): string {
  const [, kind, file] = /^(manifests|chart|bundle)=(.+)$/s.exec(from) ?? [];
  if (kind === undefined || file === undefined) return 'verify';
  const own = [...values.map((each) => ` -f ${word(each)}`), ...set.map(() => ' --set …')].join('');
  return `verify --${kind === 'bundle' ? 'from' : kind} ${word(file)}${own}`;
}

interface Written {
  text: string;
  /** For standard error. */
  notes: string[];
}

async function written(): Promise<Written> {
  const { commentedContract } = await import('../../contract/describe.js');
  return { text: commentedContract(), notes: [] };
}

/** @throws UsageError for a source that there is none of, or with flags that another one takes */
function sourceOf({
  from = 'live',
  values,
  set,
  lab,
  context,
  kubeconfig,
}: Partial<SessionFlags>): Pick<SessionFlags, 'from' | 'manifests' | 'chart' | 'stored'> {
  const [, kind = from, file] = /^(\w+)=(.+)$/s.exec(from) ?? [];
  if (kind !== 'chart' && (values !== undefined || set !== undefined))
    throw new UsageError('-f and --set are Helm’s values of a chart: --from chart=DIR');
  const isPlanned = kind === 'chart' || kind === 'manifests';
  if (isPlanned && [lab, context, kubeconfig].some((flag) => flag !== undefined))
    throw new UsageError(`--from ${kind} asks no cluster: --lab, --context and --kubeconfig mean nothing`);
  if (kind === 'live' && file === undefined) return { from: undefined };
  if (kind === 'release' && file === undefined) return { from: undefined, stored: true };
  if (file !== undefined) {
    if (kind === 'bundle') return { from: file };
    if (kind === 'manifests') return { from: undefined, manifests: file };
    if (kind === 'chart') return { from: undefined, chart: file };
  }
  throw new UsageError(`--from ${from}: expected live, release, manifests=FILE, chart=DIR or bundle=FILE`);
}

async function describeFound(flags: Omit<SessionFlags, 'all-releases' | 'exec'>): Promise<Written> {
  const source = sourceOf(flags);
  const interruption = new Interruption();
  const { describeRelease } = await import('../../cli/adoption.js');
  const { adoptedYaml } = await import('../../contract/adopted-yaml.js');
  const session = await openSessionAloud(
    // What is there is described as against the written contract, not against an earlier description.
    { ...flags, ...source, projectFile: false, 'all-releases': false, exec: source.from !== undefined },
    interruption.signal,
  );
  try {
    const [release] = session.releases;
    if (release === undefined) throw new Error('a session always has a release');
    const { adoptions, weaknesses } = await describeRelease(release, interruption.signal);
    const { names, namespace } = release.target;
    const header =
      `Contract of Deployment ${names.deployment} in namespace ${namespace}, as it was found.\n` +
      'Whatever does not stand here is as the written contract has it.';
    const faults = weaknesses.filter(({ warns }) => !warns);
    const notes = faults.map(({ check, message }) => `not taken over: ${check}: ${message}`);
    return {
      text: session.redactor.redact(adoptedYaml(header, adoptions, weaknesses)),
      notes: notes.map((note) => session.redactor.redact(note)),
    };
  } finally {
    await session.close();
    interruption.dispose();
  }
}
