import { advise, revert, run } from '../../fixes/described.js';
import { helm } from '../../rule/command.js';
import { isOfSelector, releaseCause } from './_release.js';

export default releaseCause({
  id: 'helm/selector-immutable',
  message: 'failed',
  is: isOfSelector,
  explains: ['service/selector-mismatch'],
  title: 'The upgrade changes the Deployment’s selector, which cannot be changed',
  why: 'the Service is applied first and selects by the new labels, which no pod has; then the Deployment refuses its new selector, and the upgrade ends',
  seen: 'a failed revision whose description has spec.selector and field is immutable',
  remedy:
    'go back to the last good revision, and keep selector labels as they were; or delete the Deployment and upgrade again',
  what: ({ name, revision, description }) =>
    `Revision ${revision} of release ${name} has failed: it changes the selector of a Deployment, which cannot be changed (${description.replace(/\.$/, '')}).`,
  fix: ({ back }, { context }) => [
    back === undefined
      ? advise('Keep the labels of the selector as they were, and upgrade again.')
      : revert(
          `Go back to revision ${back}, the last one that was deployed: the Service selects its pods again. Then keep the labels of the selector as they were.`,
          helm(context, 'rollback', String(back)),
        ),
    run(
      context,
      'Or, where the labels must change, delete the Deployment, with the backend down meanwhile, and upgrade again.',
      `delete deployment ${context.target.names.deployment}`,
    ),
  ],
});
