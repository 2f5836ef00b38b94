import { advise, listenOn } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, field, logItem } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { probeFix } from './_probe-fix.js';
import { probeCause } from './_probe.js';

export default probeCause({
  id: 'health/wrong-port',
  means: 'wrong-port',
  title: 'The probe asks at a port on which nothing listens',
  why: 'the application serves, and Kubernetes takes it for dead',
  seen: 'connection refused, and the log says that uvicorn listens on another port',
  remedy: 'set the probe’s port to the one that the application listens on',
  explains: ['service/application-port', 'functional/*', ...FAILING],
  tell(trouble, { port, elsewhere }, look, object) {
    const { pod, spec, failure, event, field: path } = trouble;
    const { context } = look;
    const wanted = context.contract.backend.container.port;
    const asks = `{pods}: the ${failure.probe} probe asks on port ${port ?? '?'}, and the application listens on`;
    const told = {
      evidence: [
        logItem(elsewhere.line, pod.metadata.name, context.target, 'log'),
        eventItem(event, context.target),
        field(object, `${path}.httpGet.port`, String(spec?.httpGet?.port ?? port)),
      ],
      ruledOut: ['wrong path', 'database'],
    };
    if ('path' in elsewhere) {
      return {
        ...told,
        summary: `${asks} the socket ${elsewhere.path} in place of a port.`,
        fix: [
          advise(
            `Let it listen on a port: --host 0.0.0.0 --port ${wanted} in place of --uds or --bind unix:.`,
          ),
        ],
      };
    }
    return {
      ...told,
      summary: `${asks} ${elsewhere.port}.`,
      fix: [
        elsewhere.port === wanted
          ? probeFix(trouble, 'port', String(wanted), look)
          : listenOn(context, backendOf(pod, context), 'port', String(wanted)),
      ],
    };
  },
});
