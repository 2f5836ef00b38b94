import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/wrong-host',
  is: 'host',
  wouldConfirm: 'the same request with the Ingress’s own host is answered',
  title: 'The Ingress does not take requests for the host that was asked for',
  why: 'its controller chooses the rule by the Host header, and answers 404 of its own to a name that no rule has',
  seen: 'spec.rules[].host of the Ingress, and the host of --url',
  remedy: 'ask by the host of its rule, or add the name to its rules and to DNS',
  fix: (name, { context }) => [
    see(
      'Ask by the host of its rule, or add a rule for the one that was asked for.',
      kubectl(context, `get ingress ${word(name)}`),
    ),
  ],
});
