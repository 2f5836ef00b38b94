import { BaseCommand } from '../../cli/base-command.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class ContractSchemaCommand extends BaseCommand {
  static override summary = 'Print the JSON Schema of a contract file';
  static override description =
    'For editors, and for checking a contract file in a pipeline (JSON Schema draft 2020-12).';
  static override examples = ['<%= config.bin %> contract schema > contract.schema.json'];

  async run(): Promise<void> {
    await this.parse(ContractSchemaCommand);
    const { contractJsonSchema } = await import('../../contract/describe.js');
    await writeStdout(process.stdout, printed(`${JSON.stringify(contractJsonSchema(), null, 2)}\n`));
  }
}
