import { see } from '../../fixes/described.js';
import { eventItem } from '../../rule/seen.js';
import { todoK8s } from '../../rule/command.js';
import { FAILING } from './_failing.js';
import { oneOfPods } from './_one-of-pods.js';
import { answerToOthers, probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/database-down',
  means: 'database-down',
  title: 'The health endpoint fails because the database does',
  why: 'readiness takes every pod out of service, and a liveness probe on the same path restarts them all: a blip of the database becomes a restart storm',
  seen: 'HTTP probe failed with statuscode: 500 or 503, and the application says that the database is not there',
  remedy: 'see why: todo-k8s doctor db',
  explains: ['functional/health', 'functional/database-logs', ...FAILING],
  tell(trouble, { sign }, { context }) {
    const { failure, spec, event, restarts } = trouble;
    const isLiveness = failure.probe === 'liveness' || restarts;
    return {
      summary: `{pods}: ${spec?.httpGet?.path ?? '/'} answers the ${failure.probe} probe with ${failure.status ?? 'an error'}, because the application cannot use its database${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), ...sign],
      fix: [see('See where the way to the database ends.', todoK8s(context, 'doctor', 'db'))],
      ruledOut: ['wrong port', 'time-out', ...(isLiveness ? ['wrong path'] : [])],
    };
  },
  also(pods, look) {
    const path = look.context.contract.http.healthPath;
    const own = oneOfPods(
      pods,
      look,
      ({ point }) => point.flaw?.about === 'database',
      ({ point }) => `${path} answers ${point.status ?? '?'} with ${point.flaw?.words ?? ''}`,
    );
    if (own.length > 0) return own;
    const answer = answerToOthers(pods, look);
    if (answer?.means !== 'database-down') return [];
    return [
      {
        verdict: 'confirmed',
        object: answer.object,
        summary: `The health endpoint says that the application cannot use its database${answer.unnoticed}.`,
        evidence: answer.evidence,
        fix: [see('See where the way to the database ends.', todoK8s(look.context, 'doctor', 'db'))],
      },
    ];
  },
});
