/** What all causes of a probe that fails have in common: which of them it is, and whose pod. */
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import { logItem, observed } from '../../rule/seen.js';
import { isLoopback, listeningOn, listeningOnSocket, type Listening } from '../../computed/listening.js';
import { readHealth } from '../../computed/health-reading.js';
import { readLog } from '../../computed/log-reading.js';
import { memoised } from '../../computed/memo.js';
import { ofPod } from '../../computed/of-pod.js';
import { CONCURRENCY_LIMIT } from '../../vocabulary/kubelet.js';
import {
  foreignHost,
  HEALTH_CONSULTS,
  isRedirected,
  isTlsToPlain,
  linesOf,
  troublesOf,
  type HealthLook,
  type Trouble,
} from '../../computed/probe-trouble.js';
import { unknownPort } from '../../computed/own-time.js';
import { backendOf } from '../../computed/judged-pods.js';
import { asPast } from '../../computed/past.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import { cause, type Told } from '../../rule/cause.js';
import { badAnswer, type BadAnswer } from '../bad-answer.js';

/** What each meaning is known by. */
interface Known {
  'wrong-host': { host: string };
  'redirected-to-https': object;
  'wrong-scheme': object;
  'command-fails': object;
  'grpc-fails': object;
  /** @property port its name, where the container has none of that name */
  'wrong-port': {
    port: number | string | undefined;
    elsewhere: Listening | { path: string; line: LogLine } | undefined;
  };
  'bound-to-loopback': { listening: Listening };
  /** @property listening what its server says of itself by now */
  'not-listening-yet': { listening: Listening | undefined; lines: readonly LogLine[] | undefined };
  'cpu-throttled': { periods: number; throttledPeriods: number };
  'too-slow': { isThrottlingKnown: boolean };
  'wrong-path': object;
  'auth-required': { status: number };
  'wrong-answer': { status: number };
  'concurrency-limit': { line: LogLine };
  'database-down': { sign: EvidenceItem[] };
  'server-error': object;
}

type Means = keyof Known;
/** Meanings of how a probe asks: its failure says nothing of what others are answered, or when. */
const OF_ASKING: readonly Means[] = [
  'wrong-host',
  'redirected-to-https',
  'wrong-scheme',
  'command-fails',
  'grpc-fails',
];

type Meaning = { [M in Means]: { means: M } & Known[M] }[Means];

/** Share of the CPU periods that were throttled, from which on the CPU is what the container waits for. */
const THROTTLED = 0.25;
/** Periods that must have been counted for that. */
const PERIODS = 100;

/** The first that holds: how it asks first, because that may say nothing of port, path or time. */
function meaningOf(trouble: Trouble, look: HealthLook): Meaning {
  const host = foreignHost(trouble);
  if (host !== undefined) return { means: 'wrong-host', host };
  if (isRedirected(trouble)) return { means: 'redirected-to-https' };
  if (isTlsToPlain(trouble)) return { means: 'wrong-scheme' };
  if (trouble.spec?.exec !== undefined) return { means: 'command-fails' };
  if (trouble.spec?.grpc !== undefined) return { means: 'grpc-fails' };
  const unnamed = unknownPort(backendOf(trouble.pod, look.context), trouble.spec);
  if (unnamed !== undefined) return { means: 'wrong-port', port: unnamed, elsewhere: undefined };
  switch (trouble.failure.kind) {
    case 'refused':
      return whyRefused(trouble, look);
    case 'timeout':
      return whyLate(trouble, look);
    default:
      return whyAnswered(trouble, look);
  }
}

/** By what the server says of where it listens. */
function whyRefused(trouble: Trouble, look: HealthLook): Meaning {
  const port = portOf(trouble, look);
  const lines = linesOf(trouble.pod.metadata.name, look);
  const listening = lines && listeningOn(lines);
  const socket = lines && !listening ? listeningOnSocket(lines) : undefined;
  if (socket) return { means: 'wrong-port', port, elsewhere: socket };
  if (listening && isLoopback(listening.host)) return { means: 'bound-to-loopback', listening };
  if (listening && listening.port !== port) return { means: 'wrong-port', port, elsewhere: listening };
  return { means: 'not-listening-yet', listening, lines };
}

function whyLate({ pod }: Trouble, look: HealthLook): Meaning {
  const cgroups = look.maybe('cgroup');
  const cgroup = cgroups.ok ? ofPod(cgroups.value, pod.metadata.name)?.cgroup : undefined;
  const { periods = 0, throttledPeriods = 0 } = cgroup?.ok ? cgroup.value.cpu : {};
  return periods >= PERIODS && throttledPeriods / periods >= THROTTLED
    ? { means: 'cpu-throttled', periods, throttledPeriods }
    : { means: 'too-slow', isThrottlingKnown: cgroup?.ok === true };
}

function whyAnswered(trouble: Trouble, look: HealthLook): Meaning {
  const { status } = trouble.failure;
  if (status === 404) return { means: 'wrong-path' };
  if (status === 401 || status === 403) return { means: 'auth-required', status };
  if (status !== undefined && status >= 400 && status < 500) return { means: 'wrong-answer', status };
  const limited = status === 503 && linesOf(trouble.pod.metadata.name, look)?.findLast(isLimited);
  if (limited) return { means: 'concurrency-limit', line: limited };
  const sign = databaseSign(trouble, look);
  return sign.length > 0 ? { means: 'database-down', sign } : { means: 'server-error' };
}

/** uvicorn answers 503 itself where it has as many requests as `--limit-concurrency` allows. */
function isLimited({ text }: LogLine): boolean {
  return CONCURRENCY_LIMIT.says.test(text);
}

/** What the application itself says about its database: in its log since the last success, or in its health response. */
function databaseSign({ pod }: Trouble, look: HealthLook): EvidenceItem[] {
  const { context } = look;
  const lines = linesOf(pod.metadata.name, look) ?? [];
  const error = readLog(lines, context.contract.database).current.at(-1);
  if (error) return [logItem(error.line, pod.metadata.name, context.target, 'log')];
  const health = look.maybe('health');
  const database = health.ok ? readHealth(health.value.json).database : undefined;
  if (!health.ok || database?.judgement !== 'bad') return [];
  const { url, status = '' } = health.value;
  return [observed(`GET ${url}`, null, `${status}, database "${database.text}"`, health.at)];
}

/** The probe's port, a named one looked up. */
export function portOf({ pod, spec }: Trouble, { context }: HealthLook): number | undefined {
  const port = spec?.httpGet?.port ?? spec?.tcpSocket?.port;
  if (port === undefined || typeof port === 'number') return port;
  return /^\d+$/.test(port)
    ? Number(port)
    : backendOf(pod, context)?.ports?.find(({ name }) => name === port)?.containerPort;
}

/** What every trouble of these pods means; worked out once for all rules that a step asks. */
const meaningsOf = memoised((look: HealthLook) =>
  memoised((pods: readonly Pod[]) =>
    troublesOf(pods, look).found.map((trouble) => ({ trouble, meaning: meaningOf(trouble, look) })),
  ),
);

/**
 * What the endpoint answers to others, where no probe got an answer that it does not take: that one says more. The pods still
 * count as ready then.
 */
export function answerToOthers(pods: readonly Pod[], look: HealthLook): BadAnswer | undefined {
  const isTold = askedAsOthers(pods, look).some(({ trouble }) =>
    ['status', 'plain', 'other'].includes(trouble.failure.kind),
  );
  return isTold ? undefined : badAnswer(look);
}

/** Troubles of probes that ask as everybody does. */
function askedAsOthers(pods: readonly Pod[], look: HealthLook) {
  return meaningsOf(look)(pods).filter(({ meaning }) => !OF_ASKING.includes(meaning.means));
}

/** Whether a probe got no answer in time. */
export function isLate(pods: readonly Pod[], look: HealthLook): boolean {
  return askedAsOthers(pods, look).some(({ trouble }) => trouble.failure.kind === 'timeout');
}

type ToldOfProbe = Omit<Told, 'verdict' | 'object' | 'pods'> & Partial<Pick<Told, 'verdict'>>;

interface ProbeCause<Id extends string, M extends Means> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  means: M;
  /** It is confirmed unless said otherwise. @param object the pod */
  tell: (trouble: Trouble, known: Known[M], look: HealthLook, object: Told['object']) => ToldOfProbe;
  /** What else the rule finds, beside probes that fail. */
  also?: (pods: readonly Pod[], look: HealthLook) => Told[];
}

/** A cause of a probe that fails; in the past tense where it is over. */
export function probeCause<const Id extends string, M extends Means>({
  means,
  tell,
  also = () => [],
  ...data
}: ProbeCause<Id, M>) {
  return cause({
    ...data,
    topic: 'health',
    severity: 'error',
    reads: ['pods'],
    consults: HEALTH_CONSULTS,
    judge({ pods }, look) {
      const failing = meaningsOf(look)(pods).flatMap(({ trouble, meaning }): Told[] => {
        if (meaning.means !== means) return [];
        const { name } = trouble.pod.metadata;
        const object = podRef(look.context.target, name);
        const told: Told = {
          verdict: 'confirmed',
          object,
          pods: [name],
          ...tell(trouble, meaning as unknown as Known[M], look, object),
        };
        return [trouble.over === undefined ? told : asPast(told, trouble.over, look)];
      });
      return [...failing, ...also(pods, look)];
    },
  });
}

/** To end a sentence with, of a probe that fails. */
export function restartsToo({ restarts }: Trouble): string {
  return restarts ? ', and the kubelet restarts the container' : '';
}
