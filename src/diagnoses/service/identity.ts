/** Step: is it this backend that answers? */
import { rulesOf } from '../../causes/index.js';
import { defineStep } from '../step.js';
import { good, notReached, unclear } from '../tree.js';

const PROVEN_BY = {
  way: 'by the way that leads there',
  'access-log': 'in a pod’s access log',
  'pod-name': 'it names a pod',
  proxy: 'the Service gives the same answer',
};

export const identityHop = defineStep({
  id: 'identity',
  asks: 'Is it this backend that answers?',
  reads: ['route'],
  needs: ['cluster'],
  rulesOut: ['another program'],
  rules: rulesOf('service/other-program'),
  broken: 'something else',
  otherwise: ({ route }) => {
    if (route.via === 'none') return notReached('nothing answers');
    const { proof } = route;
    return proof?.state === 'open'
      ? unclear(
          `it is not proven that this backend answers at ${route.baseUrl}: ${proof.says}`,
          [],
          proof.access,
        )
      : good(PROVEN_BY[proof?.by ?? 'way']);
  },
});
