import { refusedCause } from '../refused.js';
import { show } from '../../diagnoses/fixes.js';

export default refusedCause({
  id: 'namespace/terminating',
  means: 'namespace-terminating',
  title: 'The namespace is being deleted',
  why: 'nothing new can be created in a namespace that is on its way out, and what is in it goes with it',
  seen: 'FailedCreate: unable to create new content in namespace … because it is being terminated',
  remedy:
    'let the deletion finish, then install into a new namespace; finalizers that hold it up are in its status',
  what: ({ subject }) => `namespace ${subject ?? ''} is being deleted`.replace('  ', ' '),
  fix: (_, { context }) => [
    show(
      context,
      'Its conditions say what holds the deletion up. When it is gone, install again.',
      `get namespace ${context.target.namespace} -o yaml`,
      null,
    ),
  ],
});
