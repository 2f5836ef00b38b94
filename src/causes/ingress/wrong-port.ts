import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/wrong-port',
  is: 'port',
  title: 'The Ingress leads to a port that the Service does not have',
  why: 'its controller finds no endpoint for it, and answers 503',
  seen: 'the port of its backend, and spec.ports of the Service',
  remedy: 'name a port of the Service in it, by number or by name',
  fix: (name, { context }) => [
    see(
      'Name a port of the Service in its rules, by number or by name.',
      kubectl(context, `get ingress ${word(name)} -o yaml`),
    ),
  ],
});
