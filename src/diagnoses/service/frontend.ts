/** Step: do the frontend, and the browsers that show its pages, get to the backend? */
import { rulesOf } from '../../causes/index.js';
import { count } from '../../count.js';
import { defineStep } from '../step.js';
import { good, skipped } from '../tree.js';

export const frontendHop = defineStep({
  id: 'frontend',
  asks: 'Do the frontend and its pages ask the backend where it is, and may they?',
  reads: ['frontendUrls', 'cors'],
  proves: ['config/frontend-backend-url', 'functional/cors'],
  needs: ['cluster'],
  rulesOut: ['the frontend’s URL of the backend', 'CORS'],
  rules: rulesOf('frontend/', 'cors/'),
  broken: 'is kept from the backend',
  otherwise: ({ frontendUrls, cors }) => {
    const inside = frontendUrls.urls.filter(({ leads }) => leads === 'service');
    const origins = cors.preflights.length;
    if (inside.length === 0 && origins === 0) return skipped(cors.skipped ?? 'nothing tells where it asks');
    const parts = [
      ...inside.map(({ variable, origin = '' }) => `${variable} leads to ${origin}`),
      ...(origins === 0 ? [] : [`${count(origins, 'origin')} asked for`]),
    ];
    return good(parts.join(', '));
  },
});
