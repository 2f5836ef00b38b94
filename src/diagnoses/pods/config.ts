/** Hop: could the kubelet make each pod's sandbox, volumes and containers from their specs? */
import { patchContainer, patchFields, podRef } from '../../checks/shared.js';
import { SANDBOX_REASONS, VOLUME_REASONS } from '../../computed/own-time.js';
import type { Pod } from '../../evidence/objects.js';
import type { CauseId } from '../causes/index.js';
import type { Fix } from '../diagnosis.js';
import { advise, inTemplate, setKeys, setValues, show } from '../fixes.js';
import { called } from '../look.js';
import { parseConfigProblem, type ConfigProblem } from '../parse/container-config.js';
import { eventItem, eventsAbout, field } from '../seen.js';
import { rulesOf } from '../../causes/index.js';
import { findingsOf } from '../step.js';
import { defineHop, good, unclear, type Answer, type CauseFinding, type Look } from '../tree.js';
import { answerAt, stagesOf, standingAt, type Stage } from './stage.js';
import { word } from '../../rule/command.js';

type ConfigLook = Look<'events'>;

/** Seconds after its creation from which on a pod without containers is worth a word. */
const GRACE_SECONDS = 60;

/** Events of a pod whose containers are not made, in the order in which the kubelet works. */
const OBSTACLES: readonly { reasons: readonly string[]; cause: CauseId; what: string }[] = [
  {
    reasons: SANDBOX_REASONS,
    cause: 'node/sandbox-failed',
    what: 'the node cannot make its sandbox, the network that its containers share',
  },
  {
    reasons: VOLUME_REASONS,
    cause: 'volume/mount-failed',
    what: 'a volume of it cannot be mounted',
  },
];

export const configuredHop = defineHop({
  id: 'configured',
  asks: 'Are its Secrets, ConfigMaps and volumes there, and its security context possible?',
  reads: ['pods'],
  consults: ['events', 'drift', 'environment', 'replicaSets', 'databaseLadder'],
  needs: ['deployment'],
  rulesOut: ['Secret and ConfigMap', 'volumes'],
  ask({ pods }, look) {
    const stages = stagesOf(pods, look);
    const notMadeByNode = findingsOf(rulesOf('container/cannot-be-made'), { pods }, look);
    const told = new Set(notMadeByNode.flatMap(({ pods: names = [] }) => names));
    const config = [
      ...notMadeByNode,
      ...standingAt(stages, 'config')
        .filter(({ pod }) => !told.has(pod.metadata.name))
        .map((stage) => unusable(stage, look)),
    ];
    const creating = standingAt(stages, 'creating').flatMap(({ pod }) => notMade(pod, look));
    const answer = answerAt(
      stages,
      config.length > 0 ? 'config' : 'creating',
      [...config, ...creating],
      (count) => `${count} complete`,
    );
    if (answer.state !== 'good') return answer;
    const stale = findingsOf(rulesOf('config/'), { pods }, look);
    if (stale.length > 0)
      return good(`${answer.detail}, with values from before a change`, { findings: stale });
    return unknownSources(look) ?? answer;
  },
});

/** What was written since the pods started cannot be told of what could not be read. */
function unknownSources({ maybe }: Look<'drift'>): Answer | undefined {
  const drift = maybe('drift');
  if (!drift.ok) return unclear(drift.detail);
  const [unread] = drift.value.unread.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap');
  return unread && unclear(unread.detail);
}

function unusable(
  { pod, container, reason, message }: Extract<Stage, { at: 'config' }>,
  look: ConfigLook,
): CauseFinding {
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const problem = parseConfigProblem(message);
  const evidence = [field(object, `${container.path}.state.waiting`, `${reason}: ${message}`)];
  if (!problem) {
    return {
      cause: message.includes('exec format error') ? 'image/wrong-architecture' : 'crash/command-not-found',
      verdict: 'likely',
      object,
      pods: [name],
      summary: `{pods}: ${called(container)} cannot be started: ${message}.`,
      evidence,
      fix: [show(context, 'See what the kubelet says.', `describe pod ${name}`)],
      wouldConfirm: 'the kubelet’s message names the program',
    };
  }
  return {
    cause: problem.cause,
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: ${WORDS[problem.cause]?.(problem, called(container)) ?? message}`,
    evidence,
    fix: fixes(problem, look),
  };
}

const WORDS: Partial<Record<CauseId, (problem: ConfigProblem, who: string) => string>> = {
  'config/secret-missing': ({ object }, who) =>
    `${who} takes its environment from Secret ${object}, which does not exist.`,
  'config/secret-key-missing': ({ object, key }, who) =>
    `${who} needs key ${key} of Secret ${object}, which does not have that key.`,
  'config/configmap-missing': ({ object }, who) =>
    `${who} takes its environment from ConfigMap ${object}, which does not exist.`,
  'config/configmap-key-missing': ({ object, key }, who) =>
    `${who} needs key ${key} of ConfigMap ${object}, which does not have that key.`,
  'config/runs-as-root': (_, who) =>
    `${who} would run as root, which its security context forbids (runAsNonRoot).`,
};

function fixes({ cause, object, key }: ConfigProblem, { context }: ConfigLook): Fix[] {
  const { contract, target } = context;
  if (cause === 'config/runs-as-root') {
    const user = contract.backend.securityContext.runAsUser;
    return [
      inTemplate(
        context,
        `Run it as user ${user}, as the contract has it.`,
        patchContainer(context, { securityContext: { runAsNonRoot: true, runAsUser: user } }),
      ),
    ];
  }
  const isSecret = cause.startsWith('config/secret');
  if (isSecret && object !== undefined && key !== undefined)
    return [setKeys(context, [{ secret: object, key }])];
  if (isSecret && object === target.names.secret)
    return [setKeys(context, contract.backend.requiredSecretKeys, false)];
  if (!isSecret && object === target.names.configMap) {
    const entries = Object.entries(contract.backend.env).filter(
      ([name]) => key === undefined || name === key,
    );
    const [first, ...rest] = entries.map(([name, value]) => `backend.env.${name}=${value}`);
    if (first === undefined)
      return [advise(`Add key ${key ?? ''} to ConfigMap ${object}, or take it out of the pod template.`)];
    const literals = entries.map(([name, value]) => ` --from-literal=${word(`${name}=${value}`)}`).join('');
    return [
      setValues(
        context,
        'Put it there with the contract’s values; the kubelet tries again by itself.',
        [first, ...rest],
        cause === 'config/configmap-missing'
          ? `create configmap ${word(object)}${literals}`
          : patchFields('configmap', object, { data: Object.fromEntries(entries) }),
      ),
    ];
  }
  const kind = isSecret ? 'secret' : 'configmap';
  return [
    show(
      context,
      `Create what is missing, or take the reference out of the pod template. These are there:`,
      `get ${kind}s`,
    ),
  ];
}

/** A pod on its node without containers: the kubelet's events say what is in the way. */
function notMade(pod: Pod, look: ConfigLook): CauseFinding[] {
  const { context, options } = look;
  const events = look.maybe('events');
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  for (const { reasons, cause, what } of OBSTACLES) {
    const [event] = events.ok ? eventsAbout(events.value, pod.metadata, reasons, options) : [];
    if (!event) continue;
    const missing = parseConfigProblem(event.message ?? '');
    return [
      {
        cause,
        verdict: 'confirmed',
        object,
        pods: [name],
        summary: `{pods}: ${what}${missing?.object === undefined ? '' : `: ${missing.cause.includes('secret') ? 'Secret' : 'ConfigMap'} ${missing.object} does not exist`}.`,
        evidence: [eventItem(event, context.target)],
        fix: [
          cause === 'node/sandbox-failed'
            ? show(
                context,
                'See what is wrong with the node’s network plug-in.',
                `describe node ${pod.spec.nodeName ?? ''}`.trim(),
                null,
              )
            : show(context, 'Create what the volume comes from.', `describe pod ${name}`),
        ],
      },
    ];
  }
  const age = (context.now - Date.parse(pod.metadata.creationTimestamp ?? '')) / 1000;
  // An init container that does its work is no obstacle; neither is a pull that takes its time.
  if (!(age > GRACE_SECONDS) || (pod.status?.initContainerStatuses ?? []).some(({ state }) => state?.running))
    return [];
  return [
    {
      cause: 'evidence/unreadable',
      verdict: 'inconclusive',
      object,
      pods: [name],
      summary: `{pods}: the pod has been on its node for ${Math.round(age)} s, none of its containers was made yet, and no event says why.`,
      evidence: events.ok
        ? []
        : [{ source: 'events', object: null, field: null, value: events.detail, at: events.at }],
      fix: [show(context, 'See its events.', `describe pod ${name}`)],
      symptoms: ['pods/running', 'deployment/rollout-complete'],
    },
  ];
}
