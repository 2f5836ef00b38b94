import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/service-missing',
  is: 'service',
  title: 'The Ingress leads to a Service that does not exist',
  why: 'its controller answers 503 for each request',
  seen: 'the backend’s Service of no Ingress; a Service that one names is not there',
  remedy: 'name the backend’s Service in it',
  fix: (name, { context }) => [
    see('Name the backend’s Service in its rules.', kubectl(context, `get ingress ${word(name)} -o yaml`)),
  ],
});
