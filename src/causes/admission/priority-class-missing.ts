import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/priority-class-missing',
  means: 'priority-class-missing',
  title: 'The pod’s PriorityClass does not exist',
  why: 'a pod cannot be created with a priority that nobody has defined',
  seen: 'ReplicaSet event FailedCreate: no PriorityClass with name … was found',
  remedy: 'create the PriorityClass, or name one that exists in the pod template',
  what: ({ subject }) => `its PriorityClass ${subject ?? ''} does not exist`,
  fix: (_, { context }) => [
    show(
      context,
      'Let the pod template’s priorityClassName name one that exists, or create it. These are there:',
      'get priorityclasses',
      null,
    ),
  ],
});
