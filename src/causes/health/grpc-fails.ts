import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { byHttp } from './_probe-fix.js';
import { probeCause } from './_probe.js';

export default probeCause({
  id: 'health/grpc-fails',
  means: 'grpc-fails',
  title: 'The probe asks by gRPC, and gets no answer that it understands',
  why: 'such a probe calls grpc.health.v1.Health, which an application that speaks HTTP does not have: it waits until its time is over',
  seen: 'Unhealthy, and the probe is of kind grpc: failed to connect service, or a server that does not implement the protocol',
  remedy: 'probe the health endpoint by httpGet, as the contract has it',
  explains: FAILING,
  tell(trouble, _, look, object) {
    const { failure, spec, event, restarts, field: path } = trouble;
    const { contract, target } = look.context;
    return {
      summary: `{pods}: the ${failure.probe} probe asks by gRPC, and the application does not answer it${restarts ? ', so the kubelet restarts the container' : ''}; the contract has a request of ${contract.http.healthPath} by HTTP.`,
      evidence: [
        eventItem(event, target),
        field(object, `${path}.grpc.port`, String(spec?.grpc?.port ?? '')),
      ],
      fix: [byHttp(trouble, 'grpc', look)],
      ruledOut: ['wrong path'],
    };
  },
});
