import { readNewestLogs, show } from '../../fixes/described.js';
import { askedInside, insideItem, isBad } from '../../computed/asked-inside.js';
import { eventItem, field } from '../../rule/seen.js';
import { answerWords } from '../bad-answer.js';
import { FAILING } from './_failing.js';
import { oneOfPods } from './_one-of-pods.js';
import { answerToOthers, probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/server-error',
  means: 'server-error',
  title: 'The health endpoint itself fails',
  why: 'the application runs and says that it is not well, without a word about the database',
  seen: 'HTTP probe failed with statuscode: 5xx, or /api/health answers so',
  remedy: 'read the application’s log',
  explains: ['functional/health', ...FAILING],
  tell(trouble, _, look, object) {
    const { failure, spec, event, field: at } = trouble;
    const { context } = look;
    const { name } = trouble.pod.metadata;
    const path = spec?.httpGet?.path ?? '/';
    const inside = askedInside(look).find(({ pod }) => pod === name);
    // What the kubelet got no valid response to may be answered otherwise by now.
    const isSeen = failure.status !== undefined || (inside !== undefined && isBad(inside.point));
    return {
      verdict: isSeen ? 'confirmed' : 'likely',
      summary: `{pods}: ${path} answers the ${failure.probe} probe with ${failure.status ?? 'no valid response'}, and the log says nothing of the database${restartsToo(trouble)}.`,
      evidence: [
        eventItem(event, context.target),
        field(object, `${at}.httpGet.path`, path),
        ...(inside ? [insideItem(inside, look)] : []),
      ],
      fix: [show(context, 'Read what the application says at that moment.', `logs ${name} --tail=50`)],
      ...(isSeen ? {} : { wouldConfirm: 'a call of the endpoint from inside the pod' }),
      ruledOut: ['wrong port', 'time-out'],
    };
  },
  also(pods, look) {
    const { context } = look;
    const path = context.contract.http.healthPath;
    const own = oneOfPods(
      pods,
      look,
      ({ point }) =>
        point.flaw === undefined
          ? isBad(point) && point.outcome === 'response'
          : point.flaw.about !== 'database',
      ({ point }) => `${path} answers ${point.status ?? '?'}${point.flaw ? ` with ${point.flaw.words}` : ''}`,
    );
    if (own.length > 0) return own;
    const answer = answerToOthers(pods, look);
    if (answer?.means !== 'server-error') return [];
    return [
      {
        verdict: 'confirmed',
        object: answer.object,
        summary: `${answerWords(answer)}${answer.unnoticed}.`,
        evidence: [...answer.evidence, ...answer.inside.map((each) => insideItem(each, look))],
        fix: [readNewestLogs(context)],
      },
    ];
  },
});
