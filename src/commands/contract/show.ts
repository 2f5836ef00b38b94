import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { contractFlags } from '../../cli/flags.js';
import { resolveContract, type ResolvedContract } from '../../contract/resolve.js';
import { contractJson, contractText } from '../../contract/show.js';
import { writeStdout } from '../../report/write.js';

export default class ContractShow extends BaseCommand {
  static override summary = 'Show the effective contract and where each value comes from';
  static override description =
    'Later ones win: the written contract, Helm values files (--values), a contract file (--contract), --set.';
  static override examples = [
    '<%= config.bin %> contract show -f values.yaml --set backend.replicaCount=4',
    '<%= config.bin %> contract show -o yaml > contract.yaml',
  ];
  static override flags = {
    ...contractFlags,
    output: Flags.string({
      char: 'o',
      description: 'Form of the output',
      options: ['text', 'json', 'yaml'],
      default: 'text',
    }),
  };

  /** @throws ContractError which the base command turns into exit code 2 */
  async run(): Promise<void> {
    const { flags } = await this.parse(ContractShow);
    const resolved = await resolveContract({
      valuesFiles: flags.values ?? [],
      contractFile: flags.contract,
      sets: flags.set ?? [],
    });
    await writeStdout(process.stdout, await render(resolved, flags.output));
  }
}

async function render(resolved: ResolvedContract, format: string): Promise<string> {
  if (format === 'json') return contractJson(resolved);
  if (format !== 'yaml') return contractText(resolved);
  const { contractYaml, originComments } = await import('../../contract/yaml-text.js');
  return contractYaml(resolved.contract, originComments(resolved.origins));
}
