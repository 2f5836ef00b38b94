import { show } from '../../fixes/described.js';
import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { probeFix } from './_probe-fix.js';
import { probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/wrong-path',
  means: 'wrong-path',
  title: 'The probe asks for a path that does not exist',
  why: 'the application serves, and Kubernetes takes it for dead',
  seen: 'HTTP probe failed with statuscode: 404',
  remedy: 'set the probe’s path to /api/health',
  explains: FAILING,
  tell(trouble, _, look, object) {
    const { pod, failure, spec, event, field: at } = trouble;
    const { context } = look;
    const path = spec?.httpGet?.path ?? '/';
    const wanted = context.contract.http.healthPath;
    const isContracts = path === wanted;
    return {
      summary: `{pods}: the ${failure.probe} probe asks for ${path}, where the application answers 404${isContracts ? '' : `; its health endpoint is ${wanted}`}${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), field(object, `${at}.httpGet.path`, path)],
      fix: [
        isContracts
          ? show(
              context,
              'The path is the contract’s: see which paths the application serves (root path, prefix of the router).',
              `logs ${pod.metadata.name} --tail=20`,
            )
          : probeFix(trouble, 'path', wanted, look),
      ],
      ruledOut: ['wrong port', 'time-out'],
    };
  },
});
