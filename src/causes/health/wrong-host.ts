import { patchContainer } from '../../checks/shared.js';
import { inTemplate } from '../../diagnoses/fixes.js';
import { foreignHost, HEALTH_CONSULTS, troublesOf } from '../../diagnoses/health/trouble.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { backendOf } from '../../diagnoses/look.js';
import { FAILING } from './_failing.js';

export default cause({
  id: 'health/wrong-host',
  topic: 'health',
  title: 'The probe asks at an address that is not the pod’s',
  severity: 'error',
  why: 'the kubelet asks from the node: a host of 127.0.0.1 is the node’s own loopback, and a Service’s name is not the pod that is judged',
  seen: 'Unhealthy, and the probe’s httpGet.host or tcpSocket.host is set',
  remedy:
    'take host out of the probe: the kubelet then asks the pod’s address; for a virtual host, set the header Host',
  explains: ['health/redirected-to-https', 'health/wrong-scheme', ...FAILING],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { context } = look;
    const { target } = context;
    return troublesOf(pods, look).found.flatMap((trouble): Told[] => {
      const host = foreignHost(trouble);
      if (host === undefined) return [];
      const { pod, failure, spec, event, restarts, field: path } = trouble;
      const object = podRef(target, pod.metadata.name);
      const handler = spec?.httpGet ? 'httpGet' : 'tcpSocket';
      const container = backendOf(pod, context);
      const alike = (['startup', 'liveness', 'readiness'] as const).filter((name) => {
        const other = container?.[`${name}Probe`];
        return name === failure.probe || (other && foreignHost({ spec: other, pod }) === host);
      });
      const removed = alike.map((name) => [`${name}Probe`, { [handler]: { host: null } }] as const);
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [pod.metadata.name],
          summary: `{pods}: the ${failure.probe} probe asks at ${host} and not at the pod’s own address, so it fails${restarts ? ', and the kubelet restarts the container' : ''}.`,
          evidence: [eventItem(event, target), field(object, `${path}.${handler}.host`, host)],
          fix: [
            inTemplate(
              context,
              `Take host out of the ${alike.join(' and ')} probe${alike.length === 1 ? '' : 's'}.`,
              patchContainer(context, Object.fromEntries(removed)),
            ),
          ],
          ruledOut: ['wrong port', 'wrong path', 'database'],
        },
      ];
    });
  },
});
