import { HEALTH_CONSULTS, isGrpc, troublesOf } from '../../diagnoses/health/trouble.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';
import { FAILING } from './_failing.js';
import { byHttp } from './_probe-fix.js';

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
    const { contract, target } = look.context;
    const { healthPath } = contract.http;
    return troublesOf(pods, look)
      .found.filter(isGrpc)
      .map((trouble): Told => {
        const { pod, failure, spec, event, restarts, field: path } = trouble;
        const object = podRef(target, pod.metadata.name);
        return {
          verdict: 'confirmed',
          object,
          pods: [pod.metadata.name],
          summary: `{pods}: the ${failure.probe} probe asks by gRPC, and the application does not answer it${restarts ? ', so the kubelet restarts the container' : ''}; the contract has a request of ${healthPath} by HTTP.`,
          evidence: [
            eventItem(event, target),
            field(object, `${path}.grpc.port`, String(spec?.grpc?.port ?? '')),
          ],
          fix: [byHttp(trouble, 'grpc', look)],
          ruledOut: ['wrong path'],
        };
      });
  },
});
