import { few } from '../../count.js';
import { show, run } from '../../fixes/described.js';
import { serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { word } from '../../rule/command.js';
import { cause } from '../../rule/cause.js';
import { UNANSWERED } from './_unreached.js';

export default cause({
  id: 'service/foreign-endpoints',
  topic: 'service',
  title: 'The Service also leads to addresses that are no pods of the backend',
  severity: 'error',
  why: 'an EndpointSlice with the label of the Service was written by hand or by another program, and nodes send their share of the requests there',
  seen: 'endpoints without a pod, in an EndpointSlice that no controller of Kubernetes manages',
  remedy: 'delete that EndpointSlice, or give its label the name of the Service that it was meant for',
  explains: UNANSWERED,
  reads: ['endpoints', 'pods', 'service'],
  judge({ endpoints: { addresses }, pods, service }, { context }) {
    const served = addresses.filter(({ ready, terminating }) => ready && !terminating);
    const own = new Set(pods.map(({ status }) => status?.podIP));
    const foreign = served.filter(
      ({ address, podName, slice }) => podName === undefined && slice !== undefined && !own.has(address),
    );
    const slices = [...new Set(foreign.flatMap(({ slice }) => slice ?? []))];
    if (!service || slices.length === 0) return [];
    const object = serviceRef(context.target);
    const list = few(foreign.map(({ address, port }) => `${address}:${port ?? '?'}`));
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Service ${object.name} also leads to ${list}, which no pod of the backend has: ${foreign.length} of ${served.length} connections on average ${foreign.length === 1 ? 'goes' : 'go'} there.`,
        evidence: slices.map((slice) =>
          field(
            { kind: 'EndpointSlice', name: slice, namespace: context.target.namespace },
            'endpoints[].addresses',
            few(foreign.filter((each) => each.slice === slice).map(({ address }) => address)),
          ),
        ),
        fix: [
          show(context, 'See what made it.', `get endpointslice ${word(slices[0] ?? '')} -o yaml`),
          run(
            context,
            'Delete it; whatever program makes it would make it again.',
            `delete endpointslice ${slices.map(word).join(' ')}`,
          ),
        ],
      },
    ];
  },
});
