/** What all causes have in common that a container's end shows: its exit code, its log, the kubelet's words. */
import { START_FAILED } from '../vocabulary/kubelet.js';
import { podRef } from '../rule/object-ref.js';
import type { Cause } from '../rule/cause-data.js';
import type { Fix } from '../rule/diagnosis.js';
import { shorten } from '../rule/seen.js';
import { advise, show } from '../fixes/described.js';
import { END_CONSULTS, endsOf, type End, type EndCause, type EndLook } from '../computed/container-ends.js';
import { asPast } from '../computed/past.js';
import type { Pod } from '../evidence/objects.js';
import { cause, type Told } from '../rule/cause.js';
import { CRASHING } from './not-running.js';

/** What is said of a container's end. */
export interface OfEnd {
  /** To go on `Pod x: ` with; no full stop. */
  what: (end: End) => string;
  /** Besides reading the log of the run that ended. */
  fix: (end: End, look: EndLook) => Fix[];
  /** What else is said, where it is not that the log would tell. */
  more?: (end: End, look: EndLook) => Partial<Told>;
}

interface CrashCause<Id extends string>
  extends
    Omit<Cause<Id>, 'topic' | 'severity' | 'explains'>,
    Omit<OfEnd, 'fix'>,
    Partial<Pick<OfEnd, 'fix'>> {
  severity?: 'warning';
  /** Ids that follow besides those of a container that ends again and again. */
  explains?: readonly string[];
}

/** A cause that the meaning of a container's end has as its name. Its fix is the remedy, unless said otherwise. */
export function crashCause<const Id extends EndCause>({
  what,
  fix = () => [adviceOf(data.remedy)],
  more,
  explains = [],
  severity,
  ...data
}: CrashCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: severity ?? 'error',
    explains: [...explains, ...CRASHING],
    reads: ['pods'],
    consults: END_CONSULTS,
    judge: ({ pods }, look) => toldOfEnds(data.id, { what, fix, ...(more && { more }) }, pods, look),
  });
}

export function toldOfEnds(
  id: EndCause,
  { what, fix, more }: OfEnd,
  pods: readonly Pod[],
  look: EndLook,
): Told[] {
  return endsOf(pods, look)
    .filter(({ means }) => means === id)
    .map((end): Told => {
      const { pod, verdict, evidence, over } = end;
      const told: Told = {
        verdict,
        object: podRef(look.context.target, pod.metadata.name),
        pods: [pod.metadata.name],
        summary: `{pods}: ${what(end)}.`,
        evidence,
        fix: [...fix(end, look), previousLog(end, look)],
        ...(verdict === 'likely' && { wouldConfirm: 'the last lines of the log of the run that ended' }),
        ruledOut: ['OOMKilled', 'liveness probe'],
        ...more?.(end, look),
      };
      return over === undefined ? told : asPast(told, over, look, [previousLog(end, look)]);
    });
}

export function previousLog({ pod, container }: End, { context }: EndLook): Fix {
  return show(
    context,
    'Read the log of the run that ended.',
    `logs ${pod.metadata.name} -c ${container.status.name} --previous --tail=50`,
  );
}

/** A remedy as a sentence. */
export function adviceOf(remedy: string): Fix {
  return advise(`${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`);
}

/** The line of its log that shows it, without the full stop. */
export function said({ sign }: End): string {
  return sign === undefined ? 'see the log' : shorten(sign.line.text.trim()).replace(/[.]$/, '');
}

/** What the runtime says of a start that failed, without its own names and the command's. */
export function startWords({ ended: { message = '' } }: End): string {
  const words = START_FAILED.says.exec(message)?.[0] ?? '';
  return words === '' ? '' : `: ${shorten(words.replace(/: unknown$/, '')).replace(/[.]$/, '')}`;
}
