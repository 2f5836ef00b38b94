import { patchContainer } from '../../checks/shared.js';
import { inTemplate } from '../../diagnoses/fixes.js';
import { HEALTH_CONSULTS, isGrpc, troublesOf } from '../../diagnoses/health/trouble.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { FAILING } from './_failing.js';

export default cause({
  id: 'health/grpc-fails',
  topic: 'health',
  title: 'The probe asks by gRPC, and gets no answer that it understands',
  severity: 'error',
  why: 'such a probe calls grpc.health.v1.Health, which an application that speaks HTTP does not have: it waits until its time is over',
  seen: 'Unhealthy, and the probe is of kind grpc: failed to connect service, or a server that does not implement the protocol',
  remedy: 'probe the health endpoint by httpGet, as the contract has it',
  explains: FAILING,
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { context } = look;
    const { contract, target } = context;
    const { healthPath } = contract.http;
    return troublesOf(pods, look)
      .found.filter(isGrpc)
      .map(({ pod, failure, spec, event, restarts, field: path }): Told => {
        const object = podRef(target, pod.metadata.name);
        const httpGet = { path: healthPath, port: contract.backend.container.port };
        return {
          verdict: 'confirmed',
          object,
          pods: [pod.metadata.name],
          summary: `{pods}: the ${failure.probe} probe asks by gRPC, and the application does not answer it${restarts ? ', so the kubelet restarts the container' : ''}; the contract has a request of ${healthPath} by HTTP.`,
          evidence: [
            eventItem(event, target),
            field(object, `${path}.grpc.port`, String(spec?.grpc?.port ?? '')),
          ],
          fix: [
            inTemplate(
              context,
              `Let the ${failure.probe} probe ask ${healthPath}.`,
              patchContainer(context, { [`${failure.probe}Probe`]: { grpc: null, httpGet } }),
            ),
          ],
          ruledOut: ['wrong path'],
        };
      });
  },
});
