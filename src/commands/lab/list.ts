import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { asciiFlag, colorFlag } from '../../cli/flags.js';
import { loadScenario, SCENARIO_NAMES } from '../../lab/scenarios/index.js';
import { scenarioList, type ListedScenario } from '../../lab/text.js';
import { streamStyle } from '../../cli/stream-style.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class LabList extends BaseCommand {
  static override summary = 'List the scenarios of the embedded cluster';
  static override examples = ['<%= config.bin %> lab list', '<%= config.bin %> lab list -o json'];
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'Form of the output',
      options: ['text', 'json'],
      default: 'text',
    }),
    color: colorFlag,
    ascii: asciiFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LabList);
    const scenarios: ListedScenario[] = [];
    for (const name of SCENARIO_NAMES) {
      const { title, story, expect } = await loadScenario(name);
      scenarios.push({ name, title, story, expect });
    }
    const style = streamStyle(process.stdout, flags);
    const text =
      flags.output === 'json' ? `${JSON.stringify(scenarios, null, 2)}\n` : scenarioList(scenarios, style);
    await writeStdout(process.stdout, printed(text));
  }
}
