import { patchContainer } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { foreignHost } from '../../computed/probe-trouble.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { PROBES } from './_probe-fix.js';
import { probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/wrong-host',
  means: 'wrong-host',
  title: 'The probe asks at an address that is not the pod’s',
  why: 'the kubelet asks from the node: a host of 127.0.0.1 is the node’s own loopback, and a Service’s name is not the pod that is judged',
  seen: 'Unhealthy, and the probe’s httpGet.host or tcpSocket.host is set',
  remedy:
    'take host out of the probe: the kubelet then asks the pod’s address; for a virtual host, set the header Host',
  explains: ['health/redirected-to-https', 'health/wrong-scheme', ...FAILING],
  tell(trouble, { host }, { context }, object) {
    const { pod, failure, spec, event, field: path } = trouble;
    const handler = spec?.httpGet ? 'httpGet' : 'tcpSocket';
    const container = backendOf(pod, context);
    const alike = PROBES.filter((name) => {
      const other = container?.[`${name}Probe`];
      return name === failure.probe || (other && foreignHost({ spec: other, pod }) === host);
    });
    const removed = alike.map((name) => [`${name}Probe`, { [handler]: { host: null } }] as const);
    return {
      summary: `{pods}: the ${failure.probe} probe asks at ${host} and not at the pod’s own address, so it fails${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), field(object, `${path}.${handler}.host`, host)],
      fix: [
        inTemplate(
          context,
          `Take host out of the ${alike.join(' and ')} probe${alike.length === 1 ? '' : 's'}.`,
          patchContainer(context, Object.fromEntries(removed)),
        ),
      ],
      ruledOut: ['wrong port', 'wrong path', 'database'],
    };
  },
});
