import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/refused',
  means: 'other',
  title: 'The API server refuses to create the pod',
  why: 'a pod that is not created can never run; the API server’s own words say what is in the way',
  seen: 'ReplicaSet event FailedCreate, in words that fit none of the known reasons',
  remedy: 'do what the message says',
  what: ({ detail }) => detail.replace(/\.$/, ''),
  fix: ({ object }, { context }) => [
    show(context, 'See how often and since when.', `describe replicaset ${object.name}`),
  ],
});
