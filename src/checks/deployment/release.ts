import { deploymentRef } from '../../rule/object-ref.js';
import { ofMovement } from '../../computed/change.js';
import { helm } from '../../rule/command.js';
import { fix, look, undo } from '../../rule/fix.js';
import { defineCheck, pass, skip, unknown } from '../check.js';
import { hookCommand, hookWords } from '../../fixes/helm-hook.js';
import { failWith } from '../shared.js';

/** Statuses in which another operation of Helm's is under way, or was cut off in the middle (helm.sh/helm/v3 release.Status). */
const PENDING: readonly string[] = ['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'];

export default defineCheck({
  meta: {
    id: 'deployment/release',
    title: 'Helm release is deployed',
    failureTitle: 'Helm release is not deployed',
    why: 'while an operation is pending Helm refuses the next one, and after a failed one nobody knows which half was applied',
    remedy: (context, [finding]) => {
      const { messageId, data = {} } = finding ?? {};
      const [kind = '', hookName] = String(data.hook ?? '').split('/');
      const hook =
        hookName === undefined
          ? []
          : [
              look(
                hookCommand(context, { kind, name: hookName }),
                'what the hook said, as long as Helm has not deleted it',
              ),
            ];
      if (typeof data.back === 'number') return [...hook, undo(helm(context, 'rollback', String(data.back)))];
      // What Helm has rendered is applied once more, and nothing is removed.
      if (messageId === 'pending' && data.found === 'pending-install')
        return [
          ...hook,
          fix(
            helm(context, 'rollback', String(data.revision)),
            'if no helm command is still running; it does not run hooks of the installation',
          ),
        ];
      return messageId === 'pending'
        ? [
            ...hook,
            fix(helm(context, 'uninstall'), 'if no helm command is still running; then install again'),
          ]
        : [...hook, look(helm(context, 'history'))];
    },
    severity: 'error',
    reads: ['release'],
    needs: ['cluster/reachable'],
    toldWith: ['deployment/rollout-complete', 'pods/running'],
    messages: {
      pending:
        'revision {revision} of release {release} is {found}{says}: the next helm upgrade will be refused',
      failed: 'revision {revision} of release {release} has failed{says}; its objects may be applied in part',
    },
    // Helm waits for the pods where it was told to (--wait), and its operation is pending as long.
    passing: { pending: ofMovement },
    contractSection: 'Horizontal Scaling: Deployment Command; Kubernetes Resources: Deployment, Metadata',
  },
  evaluate({ release }, { target }) {
    const { name, revisions, unread, isDeclared, description, hooks = [] } = release;
    if (name === undefined) return skip('Helm does not manage the backend');
    const [newest] = revisions;
    if (!newest) {
      const gap = `the objects say that they belong to Helm release ${name}, and no revision of it is stored in namespace ${target.releaseNamespace ?? target.namespace}`;
      return isDeclared
        ? skip(`${gap}; --contract says what is expected`)
        : unknown(`${gap}: what is expected is not known`);
    }
    const { revision, status } = newest;
    // Where a rollback can lead: what was in place before.
    const back = revisions.find(({ status: each }) => each === 'deployed' || each === 'superseded')?.revision;
    const data = {
      ...{ release: name, revision, expected: 'deployed', found: status, field: 'labels.status' },
      ...(back === undefined ? {} : { back }),
    };
    const object = { ...deploymentRef(target), kind: 'Release', name };
    if (PENDING.includes(status) || status === 'failed') {
      const isFailed = status === 'failed';
      // What runs while Helm waits for it, or is what it gave up for.
      const hook = hooks.find(({ phase }) => (phase === 'Failed') === isFailed) ?? hooks[0];
      const words = [
        ...(isFailed && description !== '' ? [`: ${description.replace(/\.$/, '')}`] : []),
        ...(hook === undefined ? [] : [`${isFailed ? '; its' : ', and its'} ${hookWords(hook)}`]),
      ];
      const more = {
        ...data,
        says: words.join(''),
        ...(hook && { hook: `${hook.kind}/${hook.name}` }),
      };
      return failWith(isFailed ? 'failed' : 'pending', more, object);
    }
    if (status === 'uninstalled')
      return skip(
        `Helm does not manage the backend: release ${name} was uninstalled at revision ${revision}, and only its history was kept`,
      );
    if (unread !== undefined && !isDeclared)
      return unknown(
        `revision ${revision} of release ${name} cannot be read: what is expected is not known (${unread})`,
      );
    return status === 'deployed'
      ? pass(`revision ${revision} ${status}`)
      : unknown(`revision ${revision} of release ${name} is ${status}, which may mean deployed or not`);
  },
});
