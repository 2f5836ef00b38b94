import { podRef } from '../../rule/object-ref.js';
import { observed } from '../../rule/seen.js';
import { listenOn } from '../../fixes/described.js';
import { containerOf, misledCause, serverItems } from './_misled.js';
import { seenFrom } from './_seen.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/bound-to-loopback',
  means: 'bound-to-loopback',
  title: 'The application listens on its loopback address only',
  why: 'only the container itself can reach 127.0.0.1: neither the Service nor probes can',
  seen: 'it answers on localhost inside the pod, and refuses on the pod’s address',
  remedy: 'let it listen on 0.0.0.0: uvicorn --host 0.0.0.0',
  explains: UNREACHED,
  tell(misled, look) {
    const { vantage, address, listening } = misled;
    const { pod, port, inside } = vantage;
    const object = podRef(look.context.target, pod);
    const refused = inside.ok ? inside.value.podAddress : undefined;
    return {
      verdict: 'confirmed',
      object,
      pods: [pod],
      summary: `{pods}: the application listens on ${address}:${port}, which only the container itself can reach; the Service is refused.`,
      evidence: [
        ...(listening.length > 0
          ? [observed('/proc/net/tcp inside the pod', object, `listens on ${address}:${port} only`)]
          : []),
        ...(refused ? [seenFrom('asked at the pod’s own address', refused, object)] : []),
        ...serverItems(misled, look),
      ],
      fix: [listenOn(look.context, containerOf(misled, look), 'host', '0.0.0.0')],
      ruledOut: ['target port'],
    };
  },
});
