import { plainCause } from '../../rule/cause.js';

export default plainCause({
  id: 'evidence/forbidden',
  topic: 'pods',
  title: 'A permission to look is missing',
  severity: 'error',
  why: 'what may not be read cannot be judged: it may hold the cause, or be as it should',
  seen: 'the API server answers 403 and names verb and resource',
  remedy: 'grant what todo-k8s checks role prints',
  explains: ['cluster/permissions'],
});
