import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { startLab } from '../../lab/lab.js';
import { loadScenario } from '../../lab/scenarios/index.js';
import { runningText } from '../../lab/text.js';
import { untilStopped } from '../../lab/until-stopped.js';
import { decideStyle } from '../../report/style.js';
import { writeStdout } from '../../report/write.js';

export default class Lab extends BaseCommand {
  static override summary = 'Start an embedded cluster, healthy or with one fault in it';
  static override description =
    'A Kubernetes API server and the backend’s pods, in this process and on loopback only: for a first look without a ' +
    'cluster, for a demo, for tests. todo-k8s and kubectl reach it as they reach any cluster, through its kubeconfig. ' +
    'It runs until Ctrl-C (exit code 130), SIGTERM (143), or until the process that started it ends.';
  static override examples = [
    { command: '<%= config.bin %> lab', description: 'A deployment that keeps its contract:' },
    {
      command: '<%= config.bin %> lab crash-loop',
      description: 'One with a fault in it; lab list names them:',
    },
    { command: '<%= config.bin %> verify --lab=crash-loop', description: 'One for the time of one command:' },
  ];
  static override args = {
    scenario: Args.string({ description: 'What is wrong in it', default: 'healthy' }),
  };
  static override flags = {
    color: Flags.boolean({ description: 'Colour, also where the output is no terminal', allowNo: true }),
  };

  /** @throws UnknownScenarioError which the base command turns into exit code 2 */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(Lab);
    const { title, story, expect } = await loadScenario(args.scenario);
    const stopped = untilStopped();
    const lab = await startLab(args.scenario, { preferLocalhost: true });
    try {
      const { isTTY, columns } = process.stdout;
      const style = decideStyle({ isTTY, columns, env: process.env, color: flags.color });
      const { kubeconfigPath, url, server } = lab;
      const scenario = { name: args.scenario, title, story, expect };
      await writeStdout(process.stdout, runningText({ scenario, kubeconfigPath, url, server }, style));
      process.exitCode = await stopped;
    } finally {
      await lab.close();
    }
  }
}
