import { advise } from '../../fixes/described.js';
import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { answerToOthers, probeCause, restartsToo } from './_probe.js';

const WITHOUT_TOKEN = advise('Let the application answer its health endpoint without a token.');

export default probeCause({
  id: 'health/auth-required',
  means: 'auth-required',
  title: 'The health endpoint asks the probe for a token',
  why: 'the kubelet has no token, so the endpoint must answer without one',
  seen: 'HTTP probe failed with statuscode: 401 or 403',
  remedy: 'take the health endpoint out of what needs a token',
  explains: ['functional/health', ...FAILING],
  tell(trouble, { status }, { context }, object) {
    const { failure, spec, event, field: at } = trouble;
    const path = spec?.httpGet?.path ?? '/';
    return {
      summary: `{pods}: ${path} answers the ${failure.probe} probe with ${status}: it wants a token, which the kubelet does not have${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), field(object, `${at}.httpGet.path`, path)],
      fix: [WITHOUT_TOKEN],
      ruledOut: ['wrong port', 'time-out'],
    };
  },
  also(pods, look) {
    const answer = answerToOthers(pods, look);
    if (answer?.means !== 'auth-required') return [];
    return [
      {
        verdict: 'confirmed',
        object: answer.object,
        summary: `The health endpoint answers ${answer.status}: it wants a token, which the kubelet’s probes do not have.`,
        evidence: answer.evidence,
        fix: [WITHOUT_TOKEN],
      },
    ];
  },
});
