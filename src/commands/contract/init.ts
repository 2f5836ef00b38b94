import { existsSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { connectionFlags, releaseFlags } from '../../cli/flags.js';
import { Interruption } from '../../cli/interruption.js';
import { openSession, type SessionFlags } from '../../cli/session.js';
import { UsageError } from '../../cli/usage-error.js';
import { writeFileAtomically, writeStderr, writeStdout } from '../../report/write.js';
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
    '<%= config.bin %> contract init contract.yaml',
  ];
  static override args = {
    file: Args.string({ description: 'File to write (default: standard output)' }),
  };
  static override flags = {
    from: Flags.string({ description: 'What to describe: live, or bundle=FILE' }),
    output: Flags.string({ char: 'o', description: 'File to write (default: standard output)' }),
    force: Flags.boolean({ description: 'Overwrite the file if it exists' }),
    ...connectionFlags,
    release: Flags.string({ description: releaseFlags.release.description, helpGroup: 'RELEASE' }),
    deployment: Flags.string({ description: releaseFlags.deployment.description, helpGroup: 'RELEASE' }),
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
    const next = isFound ? 'verify' : 'contract show';
    writeStderr(printedLine(`Wrote ${file}. Next: todo-k8s ${next} --contract ${file}`));
  }
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

async function describeFound(flags: Omit<SessionFlags, 'all-releases' | 'exec'>): Promise<Written> {
  const bundle = /^bundle=(.+)$/.exec(flags.from ?? '')?.[1];
  if (flags.from !== undefined && flags.from !== 'live' && bundle === undefined)
    throw new UsageError(`--from ${flags.from}: expected live, or bundle=FILE`);
  const interruption = new Interruption();
  const [{ describeRelease }, { adoptedYaml }] = await Promise.all([
    import('../../cli/adoption.js'),
    import('../../contract/adopted-yaml.js'),
  ]);
  const session = await openSession(
    // What is there is described as against the written contract, not against an earlier description.
    { ...flags, projectFile: false, from: bundle, 'all-releases': false, exec: bundle !== undefined },
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
