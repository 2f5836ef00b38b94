import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/tls-secret-missing',
  is: 'tls',
  title: 'The Secret with the certificate of the Ingress does not exist',
  why: 'its controller answers with a certificate of its own, which browsers refuse',
  seen: 'spec.tls[].secretName, and the Secrets of the namespace',
  remedy: 'create it (kubectl create secret tls), or let cert-manager',
  fix: (name, { context }) => [
    see(
      'Create it with kubectl create secret tls, or see what keeps cert-manager from it.',
      kubectl(context, `describe ingress ${word(name)}`),
    ),
  ],
});
