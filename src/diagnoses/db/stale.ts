/** Pods that run with the DATABASE_URL from before the Secret was changed. */
import { secretRef, podRef } from '../../checks/shared.js';
import { ofPod } from '../../computed/of-pod.js';
import type { PodDrift } from '../../evidence/deep-facts.js';
import { restartForNewValue } from '../fixes.js';
import { field, logItem, observed } from '../seen.js';
import type { CauseFinding } from '../tree.js';
import { fromHere, type DbLook, type Way } from './climb.js';

type Source = PodDrift['newerSources'][number];

/**
 * Undefined where the pod has the Secret's value, or nothing tells. Confirmed where the two values were compared, or
 * where the Secret's value works elsewhere; else likely.
 */
export function staleFinding(way: Way, look: DbLook): CauseFinding | undefined {
  const source = newerSecret(way, look);
  const differs = way.ladder?.matchesSecret === false;
  const same = way.ladder?.matchesSecret === true;
  if (same || (!differs && source === undefined) || !takesFromSecret(look)) return undefined;
  const { context } = look;
  const { target } = context;
  const { name } = way.pod.metadata;
  const object = secretRef(target);
  const pod = podRef(target, name);
  const here = fromHere(look);
  const startedAt = way.pod.status?.containerStatuses?.[0]?.state?.running?.startedAt;
  const logged = way.logged.errors.find(({ cause }) => cause === 'db/authentication-failed');
  // What the Secret has now is what these two look at.
  const wrong = ['config/database-url', 'network/database-egress']
    .flatMap((id) => look.check(id) ?? [])
    .find(({ status }) => status === 'fail');
  const since = source === undefined ? '' : ` at ${clock(source.at)}`;
  return {
    cause: 'db/credentials-stale',
    verdict: differs || here?.through ? 'confirmed' : 'likely',
    object,
    pods: [name],
    summary: `The DATABASE_URL was changed in Secret ${target.names.secret}${since}; {pods} had started before and kept the old one.`,
    evidence: [
      ...(source
        ? [
            field(
              object,
              source.keys.includes('DATABASE_URL') ? 'data.DATABASE_URL' : 'data',
              `written by ${source.manager} (managedFields)`,
              source.at,
            ),
          ]
        : []),
      ...(startedAt === undefined
        ? []
        : [
            field(pod, 'status.containerStatuses[].state.running.startedAt', 'running since then', startedAt),
          ]),
      ...(differs
        ? [
            observed(
              'compared inside the pod',
              pod,
              'its DATABASE_URL is another than the Secret’s (values hidden)',
            ),
          ]
        : []),
      ...(logged ? [logItem(logged.line, name, target, way.logged.run)] : []),
    ],
    fix: restartForNewValue(
      context,
      'Restart the pods, so that they take the new value.',
      // What the check has to say is how to look at it: only the owner knows the right value.
      wrong === undefined ? [] : [{ says: wrong.findings[0]?.message ?? wrong.message, fix: [] }],
    ),
    ...(!differs &&
      here?.through !== true && {
        wouldConfirm: 'a comparison inside the pod, which could not be made; a restart shows it too',
      }),
    ruledOut: [...(here?.through ? ['wrong password: the Secret’s works from here'] : [])],
  };
}

/** The Secret's data was written after the pod's container had started. */
function newerSecret({ pod }: Way, look: DbLook): Source | undefined {
  const drift = look.maybe('drift');
  if (!drift.ok) return undefined;
  const own = ofPod(drift.value.pods, pod.metadata.name);
  const secrets = (own?.newerSources ?? []).filter(
    ({ kind, keys }) =>
      kind === 'Secret' && (keys.length === 0 || keys.some((key) => key === '' || key === 'DATABASE_URL')),
  );
  return secrets.at(-1);
}

/** With a literal in the pod template the Secret's value is not expected in the pod. */
function takesFromSecret(look: DbLook): boolean {
  const deployment = look.maybe('deployment');
  if (!deployment.ok) return true;
  const containers = deployment.value?.spec.template.spec.containers ?? [];
  return !containers.some(({ env = [] }) => env.some(({ name, value }) => name === 'DATABASE_URL' && value));
}

/** `14:00:03`, as the evidence's times are shown. */
function clock(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}
