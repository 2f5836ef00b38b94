import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { SCRIPTS, SHELLS, type Shell } from '../cli/completion-scripts.js';
import { printed } from '../report/printed.js';
import { writeStdout } from '../report/write.js';

export default class Completion extends BaseCommand {
  static override summary = 'Print what makes a shell complete commands, flags and values';
  static override description =
    'Scenarios, ids of checks and causes, formats, contexts of the kubeconfig and namespaces of the cluster are completed, ' +
    'too. For kubectl todo, kubectl looks for kubectl_complete-todo in PATH, which is installed beside todo-k8s.';
  static override examples = [
    { command: 'source <(<%= config.bin %> completion bash)', description: 'In ~/.bashrc:' },
    { command: 'source <(<%= config.bin %> completion zsh)', description: 'In ~/.zshrc, behind compinit:' },
    {
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish',
      description: 'Once, for fish:',
    },
    {
      command: '<%= config.bin %> completion powershell | Out-String | Invoke-Expression',
      description: 'In $PROFILE:',
    },
  ];
  static override args = {
    shell: Args.string({ description: SHELLS.join(', '), required: true, options: [...SHELLS] }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    await writeStdout(process.stdout, printed(SCRIPTS[args.shell as Shell]));
  }
}
