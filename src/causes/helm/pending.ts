import { advise, change, revert } from '../../fixes/described.js';
import { helm } from '../../rule/command.js';
import { releaseCause } from './_release.js';

export default releaseCause({
  id: 'helm/pending',
  message: 'pending',
  title: 'The Helm release is stuck in the middle of an operation',
  why: 'Helm was cut off, or still waits; until the release has a final state it refuses every upgrade with “another operation is in progress”',
  seen: 'the newest revision’s Secret has the label status=pending-install, pending-upgrade, pending-rollback or uninstalling',
  remedy:
    'if no helm command is still running: helm rollback to the last good revision, or helm uninstall where there is none',
  what: ({ name, revision, status }) =>
    `Release ${name} is ${status} at revision ${revision}, so the next helm upgrade is refused: another operation is in progress.`,
  fix: ({ back }, { context }) => [
    advise('If a helm command still runs, let it finish. If none does:'),
    back === undefined
      ? change('Remove what was begun, then install again.', helm(context, 'uninstall'))
      : revert(
          `Go back to revision ${back}, the last one that was deployed; then repeat the upgrade.`,
          helm(context, 'rollback', String(back)),
        ),
  ],
});
