import { inTemplate, setEnvArguments } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, logItem } from '../../rule/seen.js';
import { adviceOf } from '../crashed.js';
import { FAILING } from './_failing.js';
import { probeCause, restartsToo } from './_probe.js';

const VARIABLE = 'UVICORN_LIMIT_CONCURRENCY';
const REMEDY = 'raise uvicorn’s --limit-concurrency, or take it out: probes and open connections count, too';

export default probeCause({
  id: 'health/concurrency-limit',
  means: 'concurrency-limit',
  title: 'The server takes no more requests at a time, and refuses the probes as well',
  why: 'uvicorn answers 503 itself where it has as many connections as --limit-concurrency allows; the kubelet’s probe is one of them',
  seen: 'a probe that fails with 503, and “Exceeded concurrency limit” in the log',
  remedy: REMEDY,
  explains: ['functional/*', 'service/http-error', 'health/server-error', ...FAILING],
  tell(trouble, { line }, { context }) {
    const { pod, failure, event } = trouble;
    const given = backendOf(pod, context)?.env?.some(({ name }) => name === VARIABLE) === true;
    return {
      summary: `{pods}: the server answers the ${failure.probe} probe with 503, because it has as many requests as its limit allows${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), logItem(line, pod.metadata.name, context.target, 'log')],
      fix: given
        ? [
            inTemplate(
              context,
              `Take ${VARIABLE} out of the container’s environment, or raise it.`,
              setEnvArguments(context, `${VARIABLE}-`),
            ),
          ]
        : [adviceOf(REMEDY)],
      ruledOut: ['database'],
    };
  },
});
