import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { clientOptions } from '../cli/client-options.js';
import { asciiFlag, colorFlag, connectionFlags, durationFlag, quietFlag } from '../cli/flags.js';
import { readFleet } from '../cli/fleet.js';
import { Interruption } from '../cli/interruption.js';
import { streamStyle } from '../cli/stream-style.js';
import { exitCodeOfFleet } from '../publish/fleet.js';
import { renderFleetJson } from '../report/fleet-json.js';
import { printed } from '../report/printed.js';
import { renderReleases, renderReleasesVerdict, renderRowNames } from '../report/releases.js';
import { measureFor } from '../report/width.js';
import { writeStdout } from '../report/write.js';

/** Those of a cluster that is there: a lab has nothing published. */
const { namespace, context, kubeconfig, as, 'as-group': asGroup } = connectionFlags;
const clusterFlags = {
  ...{ namespace, context, kubeconfig, as, 'as-group': asGroup },
  'request-timeout': connectionFlags['request-timeout'],
};

export default class Fleet extends BaseCommand {
  static override summary = 'Show what verify has published of many releases, in one table';
  static override description =
    'Reads the Reports that verify --publish report has written, as the jobs of the chart do; verifies nothing itself. ' +
    'Exit code: 0 all passed, 1 one failed, 2 wrong usage, 3 one is unknown or its Report too old, 4 internal error.';
  static override examples = [
    { command: '<%= config.bin %> fleet -A', description: 'Every namespace:' },
    {
      command: '<%= config.bin %> fleet -A --max-age 30m -o json',
      description: 'For a script, no older than that:',
    },
    {
      command: '<%= config.bin %> fleet --releases-from releases.txt',
      description: 'The releases of a list; one of which nothing is published is unknown:',
    },
  ];
  static override flags = {
    ...clusterFlags,
    'all-namespaces': Flags.boolean({
      char: 'A',
      description: 'The Reports of all namespaces',
      exclusive: ['namespace'],
      helpGroup: 'CLUSTER',
    }),
    contexts: Flags.string({
      description: 'The Reports of these kubeconfig contexts, separated by commas',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      exclusive: ['context'],
      helpGroup: 'CLUSTER',
    }),
    'releases-from': Flags.string({
      description: 'The releases that this file names, as for verify (- is standard input)',
      exclusive: ['contexts', 'namespace', 'all-namespaces'],
      helpGroup: 'REPORTS',
    }),
    selector: Flags.string({
      char: 'l',
      description: 'Only Reports with these labels, such as todo-k8s.io/release=shop',
      helpGroup: 'REPORTS',
    }),
    of: Flags.option({
      description: 'The command that published them',
      options: ['verify', 'doctor'] as const,
      default: 'verify' as const,
      helpGroup: 'REPORTS',
    })(),
    'max-age': durationFlag({
      description: 'An older Report says nothing of now: the release is unknown',
      default: 3_600_000,
      defaultHelp: () => Promise.resolve('1h'),
      helpGroup: 'REPORTS',
    }),
    output: Flags.option({
      char: 'o',
      description: 'Form of the output; name is a line for each release that does not pass',
      options: ['text', 'json', 'name'] as const,
      default: 'text' as const,
      helpGroup: 'OUTPUT',
    })(),
    color: colorFlag,
    ascii: asciiFlag,
    quiet: quietFlag,
  };

  /** @throws UsageError, ContractError, KubeconfigError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Fleet);
    const interruption = new Interruption();
    try {
      const rows = await readFleet(
        {
          connection: clientOptions(flags),
          contexts: flags.contexts,
          releasesFrom: flags['releases-from'],
          namespace: flags.namespace,
          isEverywhere: flags['all-namespaces'],
          command: flags.of,
          selector: flags.selector,
          maxAgeMs: flags['max-age'],
        },
        interruption.signal,
      );
      process.exitCode = interruption.exitCode ?? exitCodeOfFleet(rows);
      if (flags.output === 'json') {
        const { version } = this.config;
        await writeStdout(process.stdout, printed(renderFleetJson(rows, version, process.exitCode)));
        return;
      }
      const style = {
        ...streamStyle(process.stdout, flags),
        measure: await measureFor(JSON.stringify(rows)),
      };
      const scope = { found: rows.length };
      const text = {
        name: () => renderRowNames(rows),
        verdict: () => renderReleasesVerdict(rows, style, scope),
        text: () =>
          renderReleases(rows, style, {
            scope,
            isCut: process.stdout.isTTY,
            details: 'Details: kubectl get reports -n NAMESPACE -o yaml',
          }),
      }[flags.output === 'text' && flags.quiet ? 'verdict' : flags.output]();
      await writeStdout(process.stdout, printed(text));
    } finally {
      interruption.dispose();
    }
  }
}
