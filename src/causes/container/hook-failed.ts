import { podRef } from '../../rule/object-ref.js';
import { hooksFailed } from './_hooks.js';
import { eventItem, field } from '../../rule/seen.js';
import { show } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { FOLLOWS, OTHER_CONSULTS } from './_other.js';

export default cause({
  id: 'container/hook-failed',
  topic: 'pods',
  severity: 'error',
  title: 'A container’s postStart or preStop hook fails',
  why: 'a container whose postStart hook fails is ended and started again, however well it runs itself; a preStop hook that fails does not do what was to be done before the end',
  seen: 'event FailedPostStartHook or FailedPreStopHook of the pod',
  remedy:
    'correct the hook in the container’s lifecycle, or what it calls; its output is in the event, not in the log',
  explains: ['memory/child-killed', 'crash/*', 'container/cannot-be-made', ...FOLLOWS],
  reads: ['pods'],
  consults: OTHER_CONSULTS,
  judge: ({ pods }, look) =>
    hooksFailed(pods, look).map(({ pod, event, path, hook, container, words }) => {
      const { name } = pod.metadata;
      const { target } = look.context;
      const object = podRef(target, name);
      return {
        verdict: 'confirmed',
        ...(hook === 'preStop' && { severity: 'warning' as const }),
        object,
        pods: [name],
        summary: `{pods}: the ${hook} hook of container ${container} fails${hook === 'postStart' ? ', so the kubelet ends the container and starts it again' : ''}${words === '' ? '' : `: ${words}`}.`,
        evidence: [
          event
            ? eventItem(event, target)
            : field(object, `${path}.state.waiting`, `PostStartHookError: ${words}`),
        ],
        fix: [
          show(
            look.context,
            `Correct lifecycle.${hook} of container ${container} in the pod template.`,
            `get pod ${name} -o jsonpath='{.spec.containers[?(@.name=="${container}")].lifecycle.${hook}}'`,
          ),
        ],
      };
    }),
});
