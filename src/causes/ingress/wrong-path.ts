import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/wrong-path',
  is: 'path',
  wouldConfirm: 'a request through it is answered with 404',
  title: 'The Ingress asks the backend for other paths than it has',
  why: 'the backend answers 404 to what it does not have: a prefix that nothing takes off, or one path for all',
  seen: 'spec.rules[].http.paths of the Ingress, its annotation rewrite-target, and the contract’s paths',
  remedy:
    'take the backend’s own paths (/api, /docs) without a rewrite; or with one, path: /backend(/|$)(.*), pathType: ImplementationSpecific and rewrite-target: /$2',
  fix: (name, { context }) => [
    see(
      'Let its rules take /api and /docs as they are, without a rewrite; or, with ingress-nginx, path /backend(/|$)(.*) with pathType ImplementationSpecific and the annotation rewrite-target: /$2.',
      kubectl(context, `get ingress ${word(name)} -o yaml`),
    ),
  ],
});
