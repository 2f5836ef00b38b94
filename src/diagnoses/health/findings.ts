/** A probe that fails: why, by the kind of its failure. */
import { readHealth } from '../../computed/health-reading.js';
import { readLog } from '../../computed/log-reading.js';
import { podRef } from '../../checks/shared.js';
import type { EvidenceItem } from '../diagnosis.js';
import { advise, resourcesArguments, see, setValues, show } from '../fixes.js';
import { backendOf } from '../look.js';
import { asPast } from '../past.js';
import { eventItem, field, logItem, observed } from '../seen.js';
import type { CauseFinding } from '../tree.js';
import { probeFix, whyRefused } from './refused.js';
import { askedInside, insideItem, isBad } from './inside.js';
import { linesOf, type HealthLook, type Trouble } from './trouble.js';
import { ofPod } from '../../computed/of-pod.js';
import { todoK8s } from '../../rule/command.js';

/** The cause of one pod's trouble; in the past tense where it is over. */
export function probeFinding(trouble: Trouble, look: HealthLook): CauseFinding {
  const finding = causeOfTrouble(trouble, look);
  return trouble.over === undefined ? finding : asPast(finding, trouble.over, look);
}

function causeOfTrouble(trouble: Trouble, look: HealthLook): CauseFinding {
  switch (trouble.failure.kind) {
    case 'refused':
      return whyRefused(trouble, look);
    case 'timeout':
      return tooSlow(trouble, look);
    default:
      return byStatus(trouble, look);
  }
}

function byStatus(trouble: Trouble, look: HealthLook): CauseFinding {
  const { pod, failure, spec, event } = trouble;
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const path = spec?.httpGet?.path ?? '/';
  const { status } = failure;
  const seen: EvidenceItem[] = [
    eventItem(event, context.target),
    field(object, `${trouble.field}.httpGet.path`, path),
  ];
  const base = {
    verdict: 'confirmed' as const,
    object,
    pods: [name],
    evidence: seen,
    ruledOut: ['wrong port', 'time-out'],
  };
  const ends = trouble.restarts ? ', and the kubelet restarts the container' : '';
  if (status === 404) {
    const wanted = context.contract.http.healthPath;
    const isContracts = path === wanted;
    return {
      ...base,
      cause: 'health/wrong-path',
      summary: `{pods}: the ${failure.probe} probe asks for ${path}, where the application answers 404${isContracts ? '' : `; its health endpoint is ${wanted}`}${ends}.`,
      fix: isContracts
        ? [
            show(
              context,
              'The path is the contract’s: see which paths the application serves (root path, prefix of the router).',
              `logs ${name} --tail=20`,
            ),
          ]
        : [probeFix(trouble, 'path', wanted, look)],
    };
  }
  if (status === 401 || status === 403) {
    return {
      ...base,
      cause: 'health/auth-required',
      summary: `{pods}: ${path} answers the ${failure.probe} probe with ${status}: it wants a token, which the kubelet has not${ends}.`,
      fix: [advise('Let the application answer its health endpoint without a token.')],
    };
  }
  const database = databaseSign(trouble, look);
  if (database.length > 0) {
    return {
      ...base,
      cause: 'health/database-down',
      summary: `{pods}: ${path} answers the ${failure.probe} probe with ${status ?? 'an error'}, because the application cannot use its database${ends}.`,
      evidence: [...seen.slice(0, 1), ...database],
      fix: [see('See where the way to the database ends.', todoK8s(context, 'doctor db'))],
      ...(failure.probe === 'liveness' || trouble.restarts
        ? { ruledOut: ['wrong port', 'time-out', 'wrong path'] }
        : {}),
    };
  }
  const inside = askedInside(look).find(({ pod: each }) => each === name)?.point;
  // What the kubelet got no valid response to may be answered otherwise by now.
  const isSeen = status !== undefined || (inside !== undefined && isBad(inside));
  return {
    ...base,
    cause: 'health/server-error',
    verdict: isSeen ? 'confirmed' : 'likely',
    summary: `{pods}: ${path} answers the ${failure.probe} probe with ${status ?? 'no valid response'}, and the log says nothing of the database${ends}.`,
    evidence: [...seen, ...(inside ? [insideItem(name, inside, look)] : [])],
    fix: [show(context, 'Read what the application says at that moment.', `logs ${name} --tail=50`)],
    ...(isSeen ? {} : { wouldConfirm: 'a call of the endpoint from inside the pod' }),
  };
}

/** What the application itself says about its database: in its log since the last success, or in its health response. */
function databaseSign({ pod }: Trouble, look: HealthLook): EvidenceItem[] {
  const { context } = look;
  const lines = linesOf(pod.metadata.name, look) ?? [];
  const error = readLog(lines, context.contract.database).current.at(-1);
  if (error) return [logItem(error.line, pod.metadata.name, context.target, 'log')];
  const health = look.maybe('health');
  const reading = health.ok ? readHealth(health.value.json) : undefined;
  return health.ok && reading?.database?.judgement === 'bad'
    ? [
        observed(
          `GET ${health.value.url}`,
          null,
          `${health.value.status ?? ''}, database "${reading.database.text}"`,
          health.at,
        ),
      ]
    : [];
}

/** Percent of the CPU periods that were throttled, from which on the CPU is what the container waits for. */
const THROTTLED = 0.25;
/** Periods that must have been counted for that. */
const PERIODS = 100;

function tooSlow(trouble: Trouble, look: HealthLook): CauseFinding {
  const { pod, failure, spec, event, field: path, restarts } = trouble;
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const seconds = spec?.timeoutSeconds ?? 1;
  const seen = [eventItem(event, context.target), field(object, `${path}.timeoutSeconds`, `${seconds} s`)];
  const cgroups = look.maybe('cgroup');
  const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : undefined;
  const { periods = 0, throttledPeriods = 0 } = cgroup?.ok ? cgroup.value.cpu : {};
  const share = periods >= PERIODS ? throttledPeriods / periods : 0;
  const ends = restarts ? ', and the kubelet restarts the container' : '';
  if (share >= THROTTLED) {
    const limit = backendOf(pod, context)?.resources?.limits?.cpu ?? 'none';
    const contracted = context.contract.backend.resources.limits.cpu;
    return {
      cause: 'health/cpu-throttled',
      verdict: 'confirmed',
      object,
      pods: [name],
      summary: `{pods}: the ${failure.probe} probe times out after ${seconds} s because the container is throttled at its CPU limit of ${limit} in ${Math.round(share * 100)} % of the time${ends}.`,
      evidence: [
        observed('cgroup cpu.stat', object, `${throttledPeriods} of ${periods} periods throttled`),
        ...seen,
      ],
      fix: [
        setValues(
          context,
          `Raise the CPU limit${limit === contracted ? '' : `, to ${contracted} as the contract has it`}.`,
          [`backend.resources.limits.cpu=${limit === contracted ? '2000m' : contracted}`],
          resourcesArguments(context, 'limits', 'cpu', limit === contracted ? '2000m' : contracted),
        ),
      ],
      ruledOut: ['wrong port', 'wrong path'],
    };
  }
  return {
    cause: 'health/too-slow',
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: the health endpoint does not answer the ${failure.probe} probe within ${seconds} s${ends}.`,
    evidence: seen,
    fix: [
      show(
        context,
        'See what it waits for: the database, another service, its CPU.',
        `logs ${name} --tail=50`,
      ),
      probeFix(trouble, 'timeoutSeconds', String(Math.max(seconds * 2, 5)), look),
    ],
    ruledOut: ['wrong port', 'wrong path', ...(cgroup?.ok ? ['CPU throttling'] : [])],
  };
}
