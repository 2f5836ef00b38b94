import { openSessionAloud } from '../../cli/waiting.js';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { connectionFlags, contractFlags, objectFlag, releaseFlags } from '../../cli/flags.js';
import { projectContract } from '../../cli/project-file.js';
import { Interruption } from '../../cli/interruption.js';
import type { SessionFlags } from '../../cli/release.js';
import { resolveContract, type ResolvedContract } from '../../contract/resolve.js';
import { contractDiff, contractJson, contractText } from '../../contract/show.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class ContractShow extends BaseCommand {
  static override summary = 'Show the effective contract and where each value comes from';
  static override description =
    'Later ones win: the written contract, the installed Helm release, Helm values files (--values), a contract file ' +
    '(--contract), --set.';
  static override examples = [
    '<%= config.bin %> contract show -f values.yaml --set backend.replicaCount=4',
    '<%= config.bin %> contract show -o yaml > contract.yaml',
  ];
  static override flags = {
    ...connectionFlags,
    release: objectFlag({ description: releaseFlags.release.description, helpGroup: 'RELEASE' }),
    deployment: objectFlag({ description: releaseFlags.deployment.description, helpGroup: 'RELEASE' }),
    offline: Flags.boolean({
      description: 'Ask no cluster: leave the installed release out',
      exclusive: ['context', 'kubeconfig', 'namespace', 'release', 'deployment', 'lab'],
      helpGroup: 'CLUSTER',
    }),
    ...contractFlags,
    diff: Flags.boolean({ description: 'Only what differs from the written contract, with its value' }),
    output: Flags.string({
      char: 'o',
      description: 'Form of the output',
      options: ['text', 'json', 'yaml'],
      default: 'text',
    }),
  };

  /** @throws ContractError, KubeconfigError, UsageError which the base command turns into exit code 2 */
  async run(): Promise<void> {
    const { flags } = await this.parse(ContractShow);
    const resolved = flags.offline
      ? await resolveContract({
          valuesFiles: flags.values ?? [],
          contractFile: flags.contract ?? (await projectContract(process.cwd())),
          sets: flags.set ?? [],
        })
      : await ofCluster({ ...flags, 'all-releases': false });
    const text = flags.diff ? contractDiff(resolved) : await render(resolved, flags.output);
    await writeStdout(process.stdout, printed(text));
  }
}

/** What `verify` would hold the cluster's release against. */
async function ofCluster(flags: SessionFlags): Promise<ResolvedContract> {
  const interruption = new Interruption();
  const session = await openSessionAloud(flags, interruption.signal);
  try {
    const [release] = session.releases;
    if (!release) throw new Error('a session always has a release');
    return { ...release.resolved, notices: release.notices };
  } finally {
    await session.close();
    interruption.dispose();
  }
}

async function render(resolved: ResolvedContract, format: string): Promise<string> {
  if (format === 'json') return contractJson(resolved);
  if (format !== 'yaml') return contractText(resolved);
  const { contractYaml, originComments } = await import('../../contract/yaml-text.js');
  return contractYaml(resolved.contract, originComments(resolved.origins));
}
