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
    'if no helm command is still running: helm rollback to the last good revision, or to the first one itself where its installation was cut off',
  what: ({ name, revision, status }) =>
    `Release ${name} is ${status} at revision ${revision}, so the next helm upgrade is refused: another operation is in progress.`,
  fix: ({ back, revision, status }, { context }) => [
    advise('If a helm command still runs, let it finish. If none does:'),
    back === undefined && status === 'pending-install'
      ? change(
          `Roll back to revision ${revision} itself: Helm applies what it rendered then, and counts it as deployed; nothing is removed, and hooks of the installation are not run.`,
          helm(context, 'rollback', String(revision)),
        )
      : back === undefined
        ? change('Remove what was begun, then install again.', helm(context, 'uninstall'))
        : revert(
            `Go back to revision ${back}, the last one that was deployed; then repeat the upgrade.`,
            helm(context, 'rollback', String(back)),
          ),
  ],
});
