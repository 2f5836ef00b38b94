import { advise, listenOn } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, field, logItem } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { byHttp, probeFix } from './_probe-fix.js';
import { probeCause } from './_probe.js';

export default probeCause({
  id: 'health/wrong-port',
  means: 'wrong-port',
  title: 'The probe asks at a port on which nothing listens',
  why: 'the application serves, and Kubernetes takes it for dead',
  seen: 'connection refused, and the log says that uvicorn listens on another port; or a port’s name that the container does not have',
  remedy: 'set the probe’s port to the one that the application listens on',
  explains: ['service/application-port', 'functional/*', ...FAILING],
  tell(trouble, { port, elsewhere }, look, object) {
    const { pod, spec, failure, event, field: path } = trouble;
    const { context } = look;
    const wanted = context.contract.backend.container.port;
    const asks = `{pods}: the ${failure.probe} probe asks on port ${port ?? '?'}, and the application listens on`;
    if (elsewhere === undefined) {
      const ports = backendOf(pod, context)?.ports ?? [];
      const own = ports.map(({ name, containerPort }) => [name, containerPort].filter(Boolean).join(' '));
      return {
        summary: `{pods}: the ${failure.probe} probe asks at a port named “${port}”, and the container has no port of that name${own.length === 0 ? '' : ` (it has ${own.join(', ')})`}.`,
        evidence: [
          eventItem(event, context.target),
          field(object, `${path}.${spec?.tcpSocket ? 'tcpSocket' : 'httpGet'}.port`, String(port)),
        ],
        fix: [
          spec?.tcpSocket
            ? byHttp(trouble, 'tcpSocket', look)
            : probeFix(trouble, 'port', String(wanted), look),
        ],
        ruledOut: ['wrong path', 'database'],
      };
    }
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
          ? spec?.tcpSocket
            ? byHttp(trouble, 'tcpSocket', look)
            : probeFix(trouble, 'port', String(wanted), look)
          : listenOn(context, backendOf(pod, context), 'port', String(wanted)),
      ],
    };
  },
});
