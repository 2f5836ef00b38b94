/** Step: what the application answers where it is reached. */
import { rulesOf } from '../../causes/index.js';
import { ANSWERS } from '../../causes/service/http-error.js';
import { defineStep } from '../step.js';
import { broken, good, notReached } from '../tree.js';

export const httpHop = defineStep({
  id: 'http',
  asks: 'Does the application answer as the contract has it?',
  proves: ['functional/api-docs', 'functional/auth-required'],
  reads: ['route', 'health', 'docs', 'tasks'],
  needs: ['cluster', 'selector', 'endpoints'],
  rulesOut: ['another application'],
  rules: rulesOf('service/http-error'),
  answer({ route, ...exchanges }, look, findings) {
    if (route.via === 'none') return notReached('no way to the backend answered');
    if (route.proof?.state === 'refused') return notReached('what answers is not this backend');
    const judged = Object.entries(ANSWERS);
    if (findings.length > 0) {
      const [, fact] = judged.find(([id]) => findings[0]?.symptoms?.includes(id)) ?? [];
      return broken(String(fact === undefined ? '' : (exchanges[fact].status ?? '')), findings);
    }
    const unread = judged.map(([id]) => look.check(id)).find((result) => result?.status === 'unknown');
    if (unread) return { state: 'unknown', detail: unread.message, toldBy: unread.id };
    const { health } = exchanges;
    return good(`HTTP ${health.status ?? '?'}`, { ms: Math.round(health.ms) });
  },
});
