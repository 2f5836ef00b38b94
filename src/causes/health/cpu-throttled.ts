import { resourcesArguments, setValues } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import { eventItem, field, observed } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { probeCause, restartsToo } from './_probe.js';

/** Where the contract's own limit is too little. */
const MORE = '2000m';

export default probeCause({
  id: 'health/cpu-throttled',
  means: 'cpu-throttled',
  title: 'The container is throttled so much that it answers too late',
  why: 'a container that has used up its CPU limit waits for the next period, its probes with it',
  seen: 'probes time out, and cgroup cpu.stat shows most periods throttled',
  remedy: 'raise backend.resources.limits.cpu',
  explains: ['functional/health', 'functional/health-latency', 'health/too-slow', ...FAILING],
  tell(trouble, { periods, throttledPeriods }, { context }, object) {
    const { pod, failure, spec, event, field: path } = trouble;
    const seconds = spec?.timeoutSeconds ?? 1;
    const limit = backendOf(pod, context)?.resources?.limits?.cpu ?? 'none';
    const contracted = context.contract.backend.resources.limits.cpu;
    const isContracts = limit === contracted;
    const wanted = isContracts ? MORE : contracted;
    return {
      summary: `{pods}: the ${failure.probe} probe times out after ${seconds} s because the container is throttled at its CPU limit of ${limit} for ${Math.round((throttledPeriods / periods) * 100)} % of the time${restartsToo(trouble)}.`,
      evidence: [
        observed('cgroup cpu.stat', object, `${throttledPeriods} of ${periods} periods throttled`),
        eventItem(event, context.target),
        field(object, `${path}.timeoutSeconds`, `${seconds} s`),
      ],
      fix: [
        setValues(
          context,
          `Raise the CPU limit${isContracts ? '' : `, to ${contracted} as the contract has it`}.`,
          [`backend.resources.limits.cpu=${wanted}`],
          resourcesArguments(context, 'limits', 'cpu', wanted),
        ),
      ],
      ruledOut: ['wrong port', 'wrong path'],
    };
  },
});
