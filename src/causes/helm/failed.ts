import { revert, see } from '../../fixes/described.js';
import { helm } from '../../rule/command.js';
import { isOfSelector, releaseCause } from './_release.js';

export default releaseCause({
  id: 'helm/failed',
  message: 'failed',
  is: (release) => !isOfSelector(release),
  // What it did not come to make; where it made it, and somebody deleted it, the same command makes it again.
  explains: ['service/missing', 'service/exists', 'deployment/missing', 'deployment/exists'],
  title: 'The newest Helm revision has failed',
  why: 'what was asked for last was applied in part, or was given up while it waited: the objects may be of either revision',
  seen: 'the newest revision’s Secret has the label status=failed; its description says why',
  remedy: 'fix what the description names and upgrade again, or go back to the last good revision',
  what: ({ name, revision, description }) =>
    `Revision ${revision} of release ${name} has failed${description === '' ? '' : `: ${description.replace(/\.$/, '')}`}.`,
  fix: ({ back }, { context }) =>
    back === undefined
      ? [see('Fix what it names, then install again. What Helm has on record:', helm(context, 'history'))]
      : [
          revert(
            `Fix what it names and upgrade again; or go back to revision ${back}, the last one that was deployed.`,
            helm(context, 'rollback', String(back)),
          ),
        ],
});
