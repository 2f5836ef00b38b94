import { see } from '../../fixes/described.js';
import { kubectl, word } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/no-controller',
  is: 'controller',
  title: 'No controller has taken the Ingress',
  why: 'its status has no address: nothing listens for its host',
  seen: 'status.loadBalancer.ingress is empty, though the class exists',
  remedy: 'see what its controller says, and whether it runs',
  fix: (name, { context }) => [
    see(
      'What its controller says of it; without an event, it does not run or watches another namespace.',
      kubectl(context, `describe ingress ${word(name)}`),
    ),
  ],
});
