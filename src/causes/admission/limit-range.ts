import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/limit-range',
  means: 'limit-range',
  title: 'A LimitRange forbids the container’s resources',
  why: 'the namespace allows no container with such requests or limits',
  seen: 'ReplicaSet event FailedCreate: maximum (or minimum) usage per Container',
  remedy: 'change backend.resources so that they fit, or the LimitRange',
  explains: ['deployment/resources'],
  what: ({ detail }, { context }) =>
    `a LimitRange of namespace ${context.target.namespace} forbids it (${detail})`,
  fix: (_, { context }) => [
    show(
      context,
      'See what it allows, then change the container’s resources or the LimitRange.',
      'describe limitrange',
    ),
  ],
});
