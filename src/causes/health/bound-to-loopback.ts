import { listenOn } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, field, logItem } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { portOf, probeCause } from './_probe.js';

export default probeCause({
  id: 'health/bound-to-loopback',
  means: 'bound-to-loopback',
  title: 'The application listens on its loopback address only',
  why: 'only the container itself can reach 127.0.0.1: neither the kubelet’s probes nor the Service can',
  seen: 'connection refused, and the log says Uvicorn running on http://127.0.0.1',
  remedy: 'let it listen on 0.0.0.0: uvicorn --host 0.0.0.0, or HOST=0.0.0.0',
  explains: ['service/bound-to-loopback', 'functional/node-port', ...FAILING],
  tell(trouble, { listening: { host, port, line } }, look, object) {
    const { pod, spec, failure, event, field: path } = trouble;
    const { context } = look;
    return {
      summary: `{pods}: the application listens on ${host}:${port}, which only the container itself can reach, so the ${failure.probe} probe is refused.`,
      evidence: [
        logItem(line, pod.metadata.name, context.target, 'log'),
        eventItem(event, context.target),
        field(object, `${path}.httpGet.port`, String(spec?.httpGet?.port ?? portOf(trouble, look))),
      ],
      fix: [listenOn(context, backendOf(pod, context), 'host', '0.0.0.0')],
      ruledOut: ['wrong path', 'database'],
    };
  },
});
