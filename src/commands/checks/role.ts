import { Flags } from '@oclif/core';
import { CHECKS } from '../../checks/index.js';
import { BaseCommand } from '../../cli/base-command.js';
import { objectFlag, routeFlags } from '../../cli/flags.js';
import { TREES } from '../../diagnoses/index.js';
import { factsOf } from '../../engine/diagnose.js';
import { factsNeeded, matching, selectChecks } from '../../engine/select.js';
import {
  AGAINST_ACCESS,
  fleetRole,
  PUBLISH_ACCESS,
  requiredRole,
  WORKERS_ACCESS,
} from '../../evidence/access.js';
import type { EvidenceKey } from '../../evidence/evidence.js';
import { parseSubject } from '../../evidence/role-binding.js';
import { sanitizeLine } from '../../evidence/sanitize.js';
import { UsageError } from '../../cli/usage-error.js';
import type { ReaderOptions } from '../../evidence/live-reader.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

/** Facts that say where workers send. */
const OF_WORKERS: readonly EvidenceKey[] = ['service', 'nodes', 'pods', 'secret'];

/** @throws UsageError where it names nobody */
function subjectOf(input: string): string {
  if (parseSubject(input) !== undefined) return input;
  throw new UsageError(
    `--bind=${sanitizeLine(input)} names nobody: a user, group:NAME or serviceaccount:NAMESPACE:NAME is expected`,
  );
}

export default class ChecksRole extends BaseCommand {
  static override summary = 'Print the least Role that the checks need, ready for kubectl apply';
  static override description =
    'A Role for the namespace, and a ClusterRole for the nodes. Both only read; --bind adds who gets them.';
  static override examples = [
    '<%= config.bin %> checks role -n default | kubectl apply -f -',
    '<%= config.bin %> checks role --skip network --no-exec',
    '<%= config.bin %> checks role --doctor --bind ana | kubectl apply -f -',
    '<%= config.bin %> checks role --fleet -A --bind group:developers | kubectl apply -f -',
  ];
  static override flags = {
    namespace: objectFlag({ char: 'n', description: 'Namespace of the Role', default: 'default' }),
    only: Flags.string({
      description: 'Only for these checks or suites',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    skip: Flags.string({
      description: 'Without these checks or suites',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    bind: Flags.string({
      parse: (input) => Promise.resolve(subjectOf(input)),
      description:
        'Also give it to this user, group:NAME or serviceaccount:NAMESPACE:NAME, by a binding of its own. Repeatable',
      multiple: true,
      multipleNonGreedy: true,
    }),
    doctor: Flags.boolean({
      description: 'Also for what doctor reads: events, metrics, proxies, and the pods of all namespaces',
    }),
    publish: Flags.boolean({ description: 'Also for --publish report, which writes that one object' }),
    'publish-event': Flags.boolean({ description: 'Also for --publish event, which writes that one object' }),
    workers: Flags.boolean({
      description: 'Also for loadbalance --workers N --apply, which makes a Job and removes it',
    }),
    against: Flags.boolean({
      description:
        'Also for what verify --against live reads: quotas, limits, and the Services and pods of all namespaces',
    }),
    fleet: Flags.boolean({
      description: 'Instead, the Role todo-k8s-fleet for what fleet reads: the Reports of the namespace',
      exclusive: ['only', 'skip', 'doctor', 'publish', 'publish-event', 'workers', 'against', 'via'],
    }),
    'all-namespaces': Flags.boolean({
      char: 'A',
      description: 'With --fleet: a ClusterRole, for fleet -A',
      dependsOn: ['fleet'],
      exclusive: ['namespace'],
    }),
    via: routeFlags.via,
    exec: routeFlags.exec,
  };

  /** @throws SelectionError */
  async run(): Promise<void> {
    const { flags } = await this.parse(ChecksRole);
    const subjects = (flags.bind ?? [])
      .map((each) => parseSubject(each))
      .filter((each) => each !== undefined);
    if (flags.fleet) {
      const namespace = flags['all-namespaces'] ? undefined : flags.namespace;
      await writeStdout(process.stdout, printed(fleetRole(namespace, subjects)));
      return;
    }
    const skip = flags.skip ?? [];
    const selected = selectChecks(CHECKS, flags.only ?? [], skip);
    const ofChecks = factsNeeded(CHECKS, selected, matching(CHECKS, skip));
    const ofWorkers = flags.workers ? OF_WORKERS : [];
    const keys = [...new Set([...ofChecks, ...(flags.doctor ? factsOf(TREES) : []), ...ofWorkers])];
    const options = { exec: flags.exec, via: flags.via as ReaderOptions['via'] };
    await writeStdout(
      process.stdout,
      printed(
        requiredRole(
          keys,
          flags.namespace,
          options,
          [
            ...(flags.against ? AGAINST_ACCESS : []),
            ...(flags.publish ? PUBLISH_ACCESS.report : []),
            ...(flags['publish-event'] ? PUBLISH_ACCESS.event : []),
            ...(flags.workers ? WORKERS_ACCESS : []),
          ],
          subjects,
        ),
      ),
    );
  }
}
