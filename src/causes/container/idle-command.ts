import { containerName } from '../../contract/target.js';
import { containersOf } from '../../kube/pod-containers.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { cause, type Told } from '../../rule/cause.js';
import { ownCommand } from '../own-command.js';
import { FOLLOWS } from './_other.js';

/** Characters. A command line that does nothing but wait is short. */
const MAX_LENGTH = 200;
/** Command lines by which people keep a container running to look around in it: no other command follows that could be the server. */
const IDLES = [
  /^(?:\S*\/)?(?:sleep|tail|pause)(?: [^;&|\n]*)?$/,
  /^(?:\S*\/)?(?:ba|da|a)?sh -\w*c (?:exec )?(?:\S*\/)?(?:sleep|tail|cat|read)(?: [^;&|\n]*)?;?$/,
  /^(?:\S*\/)?(?:ba|da|a)?sh -\w*c (?:while|until) [^;\n]+; ?do (?:sleep|:)(?: [^;&|\n]*)?; ?done;?$/,
];

export default cause({
  id: 'container/idle-command',
  topic: 'pods',
  severity: 'error',
  title: 'The container’s command only waits',
  why: 'a command that replaces the image’s own to look around in the container (sleep infinity, tail -f /dev/null) serves nothing, however long the probes wait',
  seen: 'the container runs, and its command is sleep, tail, or a shell that waits',
  remedy: 'take the command out of the pod template, so that the image’s own counts again',
  explains: [
    ...FOLLOWS,
    'health/*',
    'service/*',
    'functional/*',
    'crash/liveness-killed',
    'crash/signal',
    'evidence/unreadable',
  ],
  reads: ['pods'],
  judge({ pods }, look) {
    const { context } = look;
    return podsToJudge(pods, look).flatMap((pod): Told[] => {
      const container = containersOf(pod, containerName(context)).find(({ role }) => role === 'backend');
      const words = [...(container?.spec?.command ?? []), ...(container?.spec?.args ?? [])].join(' ').trim();
      if (!container || words.length > MAX_LENGTH || !IDLES.some((idle) => idle.test(words))) return [];
      const { name } = pod.metadata;
      const object = podRef(context.target, name);
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: container ${container.status.name} runs “${words}”, which only waits, and not the application.`,
          evidence: [field(object, 'spec.containers[].command', words)],
          fix: ownCommand({ container }, look),
        },
      ];
    });
  },
});
