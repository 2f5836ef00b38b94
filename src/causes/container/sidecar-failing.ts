import { budget } from '../../computed/own-time.js';
import { parseProbeKill } from '../../computed/probe-failure.js';
import { elapsed } from '../../kube/pod-state.js';
import { recoveredSince, timeOf } from '../../kube/pod-containers.js';
import { cause, type Told } from '../../rule/cause.js';
import {
  changeFix,
  endOf,
  eventsOfContainer,
  FOLLOWS,
  isBackendsImage,
  logFix,
  OTHER_CONSULTS,
  probeItem,
  itemsOf,
  saidOf,
  toldOf,
  troublesOfRole,
  type OtherLook,
  type OtherTrouble,
} from './_other.js';

/** Seconds beyond its probes' own time in which a slow node may still make it ready. */
const SLACK_SECONDS = 15;

export default cause({
  id: 'container/sidecar-failing',
  topic: 'pods',
  severity: 'error',
  title: 'A container beside the application’s fails',
  why: 'a pod is ready only while all of its containers are: one that ends, or is not ready, takes the pod from the Service, however well the application is',
  seen: 'the status of a container that is not the backend’s: not running, restarted, OOMKilled, not ready',
  remedy: 'read that container’s own log, and correct its command, its image, its limits or its settings',
  explains: FOLLOWS,
  reads: ['pods'],
  consults: OTHER_CONSULTS,
  judge: ({ pods }, look) => troublesOfRole(pods, 'sidecar', look).flatMap((other) => told(other, look)),
});

function told(other: OtherTrouble, look: OtherLook): Told[] {
  const { container, trouble } = other;
  const { context } = look;
  const who = `container ${container.status.name}`;
  const confirmed = (summary: string, more: Partial<Told> = {}) => [
    toldOf(other, look, { verdict: 'confirmed', summary: `{pods}: ${summary}.`, fix: [], ...more }),
  ];
  switch (trouble.kind) {
    case 'image':
      if (isBackendsImage(other, look)) return [];
      return confirmed(
        `${who} does not start, because its image ${container.spec?.image ?? ''} is not on the node and cannot be pulled (${trouble.message || trouble.reason})`,
        { fix: changeFix(other) },
      );
    case 'ended': {
      const since = recoveredSince(container.status, context.now);
      const over = since === undefined || trouble.ended.reason === 'OOMKilled' ? undefined : since;
      const [killing] = eventsOfContainer(other, ['Killing'], look).filter(
        ({ message = '' }) => parseProbeKill(message) !== undefined,
      );
      const what = killing ? 'was ended by the kubelet because its probe failed' : endOf(other, trouble);
      const again = container.status.state?.running ? '' : ', and is not running';
      return over === undefined
        ? confirmed(`${who} ${what}${again}${saidOf(other, look)}`, {
            evidence: [...itemsOf(other, look), ...(killing ? probeItem(other, look) : [])],
            fix: [...changeFix(other), logFix(other, look)],
          })
        : confirmed(
            `${who} ${what}; it has run and been ready for ${elapsed((context.now - Date.parse(over)) / 1000)} since${saidOf(other, look)}`,
            { severity: 'warning', past: true, fix: [logFix(other, look)] },
          );
    }
    case 'not-ready': {
      const age = (context.now - (timeOf(trouble.since) ?? context.now)) / 1000;
      const item = probeItem(other, look);
      if (age < patience(other) + SLACK_SECONDS) return [];
      const probe = item[0]?.value;
      return confirmed(
        `${who} runs and is not ready${probe === undefined ? '' : ` (${probe.replace(/[.]$/, '')})`}${saidOf(other, look)}`,
        { evidence: [...itemsOf(other, look), ...item], fix: [logFix(other, look)] },
      );
    }
    default:
      return [];
  }
}

/** Seconds that its probes allow it for its start (core/v1 Probe, with its defaults). */
function patience({ container: { spec } }: OtherTrouble): number {
  return [spec?.startupProbe, spec?.readinessProbe]
    .map((probe) => (probe ? budget(probe) : 0))
    .reduce((sum, each) => sum + each, 0);
}
