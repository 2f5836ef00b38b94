import { Args } from '@oclif/core';
import path from 'node:path';
import { BaseCommand } from '../../cli/base-command.js';
import { asciiFlag, colorFlag } from '../../cli/flags.js';
import { startLab } from '../../lab/lab.js';
import { loadScenario } from '../../lab/scenarios/index.js';
import { recordedText, runningText } from '../../lab/text.js';
import { untilStopped } from '../../lab/until-stopped.js';
import { streamStyle } from '../../cli/stream-style.js';
import type { Style } from '../../report/style.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class Lab extends BaseCommand {
  static override summary =
    'Start an embedded cluster: healthy, with one fault in it, or what a bundle recorded';
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
    {
      command: '<%= config.bin %> lab bundle.tgz',
      description: 'What collect or --record wrote, for kubectl and others to look into:',
    },
    { command: '<%= config.bin %> verify --lab=crash-loop', description: 'One for the time of one command:' },
  ];
  static override args = {
    scenario: Args.string({
      description: 'What is wrong in it, or the file of a bundle',
      default: 'healthy',
    }),
  };
  static override flags = {
    color: colorFlag,
    ascii: asciiFlag,
  };

  /** @throws UnknownScenarioError, BundleError which the base command turns into exit code 2 */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(Lab);
    const style = streamStyle(process.stdout, flags);
    if (isFile(args.scenario)) {
      await serve(args.scenario, style);
      return;
    }
    const { title, story, expect } = await loadScenario(args.scenario);
    const stopped = untilStopped();
    const lab = await startLab(args.scenario, { preferLocalhost: true });
    try {
      const { kubeconfigPath, url, server } = lab;
      const scenario = { name: args.scenario, title, story, expect };
      await writeStdout(
        process.stdout,
        printed(runningText({ scenario, kubeconfigPath, url, server }, style)),
      );
      process.exitCode = await stopped;
    } finally {
      await lab.close();
    }
  }
}

/** Scenarios have neither folders nor endings. */
function isFile(name: string): boolean {
  return path.basename(name) !== name || path.extname(name) !== '';
}

/** @throws BundleError */
async function serve(file: string, style: Style): Promise<void> {
  const [{ openBundle }, { serveBundle }] = await Promise.all([
    import('../../evidence/bundle/bundle-reader.js'),
    import('../../lab/recorded.js'),
  ]);
  const bundle = await openBundle(file);
  const stopped = untilStopped();
  const lab = await serveBundle(bundle);
  try {
    await writeStdout(
      process.stdout,
      printed(recordedText({ ...lab, file, manifest: bundle.manifest }, style)),
    );
    process.exitCode = await stopped;
  } finally {
    await lab.close();
  }
}
