import { elapsed } from '../../kube/pod-state.js';
import { few } from '../../count.js';
import { ofPod } from '../../computed/of-pod.js';
import { restartForNewValue } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import type { EnvironmentFacts } from '../../evidence/evidence.js';
import type { PodDrift } from '../../evidence/deep-facts.js';
import type { Pod } from '../../evidence/objects.js';
import { cause, type Told } from '../../rule/cause.js';

/** Checks of values that a Secret or ConfigMap has, of which a restart would spread the wrong ones. */
const VALUES = [
  'config/configmap',
  'config/secret',
  'config/database-url',
  'config/auth-secret-length',
  'config/environment-value',
  'config/log-level-value',
];

type Source = PodDrift['newerSources'][number];

export default cause({
  id: 'config/stale',
  topic: 'pods',
  severity: 'warning',
  title: 'Pods run with values from before a change',
  why: 'a container keeps the environment that it was started with: what a Secret or ConfigMap was changed to since then takes effect with the next start, and pods that start at different times differ',
  seen: 'the object’s data was written (metadata.managedFields) after the container had started, and variables of the container come from it',
  remedy:
    'restart the pods; a checksum of the object in the pod template’s annotations does it with each change',
  explains: [],
  reads: ['pods'],
  consults: ['drift', 'environment', 'replicaSets', 'databaseLadder'],
  judge({ pods }, look) {
    const { maybe } = look;
    const [drift, environment] = [maybe('drift'), maybe('environment')];
    if (!drift.ok || !environment.ok) return [];
    return podsToJudge(pods, look)
      .filter((pod) => isNewest(pod, look))
      .flatMap((pod) => {
        const newer = ofPod(drift.value.pods, pod.metadata.name)?.newerSources ?? [];
        return newestOfEach(newer)
          .filter((source) => !isSameByChecksum(pod, source))
          .flatMap((source) => told(pod, source, environment.value, look) ?? []);
      });
  },
});

type StaleLook = Look<'drift' | 'environment' | 'replicaSets' | 'databaseLadder'>;

/** Pods of an older revision are about to be replaced. */
function isNewest({ metadata }: Pod, { maybe }: StaleLook): boolean {
  const sets = maybe('replicaSets');
  const newest = sets.ok ? sets.value[0]?.metadata.uid : undefined;
  return newest === undefined || metadata.ownerReferences?.some(({ uid }) => uid === newest) === true;
}

/**
 * Helm wrote the object, and the pod template has a checksum of it, as charts have it: had the values changed, the pods would
 * have been replaced.
 */
function isSameByChecksum({ metadata }: Pod, { manager }: Source): boolean {
  return (
    manager === 'helm' && Object.keys(metadata.annotations ?? {}).some((key) => key.startsWith('checksum/'))
  );
}

/** Several may have written it: the last one counts, with the keys of all. */
function newestOfEach(sources: readonly Source[]): Source[] {
  const found = new Map<string, Source>();
  for (const each of sources) {
    const before = found.get(`${each.kind}/${each.name}`);
    const [old, young] = before && before.at > each.at ? [each, before] : [before, each];
    found.set(`${each.kind}/${each.name}`, { ...young, keys: [...(old?.keys ?? []), ...young.keys] });
  }
  return [...found.values()];
}

function told(pod: Pod, source: Source, environment: EnvironmentFacts, look: StaleLook): Told | undefined {
  const { context } = look;
  const { kind, name, keys } = source;
  const names = environment.variables
    .filter(({ source: from }) => from.from === kind && from.name === name)
    // Who wrote the data as a whole has no keys to its name.
    .filter(
      ({ source: from }) =>
        keys.length === 0 || ('key' in from && (keys.includes(from.key) || keys.includes(''))),
    )
    .map((variable) => variable.name)
    .filter((variable) => variable !== 'DATABASE_URL' || !isCompared(pod, look));
  if (names.length === 0) return undefined;
  const { target } = context;
  const startedAt = startOf(pod, look);
  const wrong = VALUES.flatMap((id) => look.check(id) ?? []).filter(
    ({ status, findings }) =>
      status === 'fail' && findings.some(({ object }) => object?.kind === kind && object.name === name),
  );
  return {
    // A label that was changed leaves the same trace as a value.
    verdict: 'likely',
    object: { kind, namespace: target.namespace, name },
    pods: [pod.metadata.name],
    summary: `${kind} ${name} was changed ${elapsed((context.now - Date.parse(source.at)) / 1000)} ago, after {pods} had started, which kept what it had before (${few(names, 4)}).`,
    evidence: [
      field(
        { kind, namespace: target.namespace, name },
        'metadata.managedFields',
        `data written by ${source.manager}`,
        source.at,
      ),
      ...(startedAt === undefined
        ? []
        : [
            field(
              podRef(target, pod.metadata.name),
              'status.containerStatuses[].state.running.startedAt',
              'running since then',
              startedAt,
            ),
          ]),
    ],
    fix: restartForNewValue(
      context,
      'Restart the pods, so that all of them take the new values.',
      wrong.map(({ message, fix }) => ({ says: message, fix })),
    ),
    wouldConfirm:
      'a restart: nothing says what was changed, and a new label leaves the same trace as a new value',
  };
}

function startOf(pod: Pod, { maybe }: StaleLook): string | undefined {
  const drift = maybe('drift');
  return drift.ok ? ofPod(drift.value.pods, pod.metadata.name)?.startedAt : undefined;
}

/** Whether the pod’s URL was compared with the Secret’s: then the database topic says what came of it. */
function isCompared({ metadata }: Pod, { maybe }: StaleLook): boolean {
  const facts = maybe('databaseLadder');
  const ladder =
    facts.ok && facts.value.pods.ok ? ofPod(facts.value.pods.value, metadata.name)?.ladder : undefined;
  return ladder?.ok === true && ladder.value.matchesSecret !== undefined;
}
