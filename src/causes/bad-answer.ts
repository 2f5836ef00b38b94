/** What all causes of a health endpoint have in common that answers badly where users reach it. */
import { serviceRef } from '../rule/object-ref.js';
import type { EvidenceItem } from '../rule/diagnosis.js';
import { observed } from '../rule/seen.js';
import { readHealth } from '../computed/health-reading.js';
import { replacedDatabase } from '../computed/database-said.js';
import { askedInside, isBad, type Inside } from '../computed/asked-inside.js';
import type { HealthLook } from '../computed/probe-trouble.js';
import type { Told } from '../rule/cause.js';

export interface BadAnswer {
  means:
    'database-down' | 'database-replaced' | 'auth-required' | 'between' | 'server-error' | 'wrong-answer';
  status: number;
  /** What it says of itself, in words. */
  says: string[];
  /** What it says of the database. */
  database: string | undefined;
  /** To go on with after what it answers: why no probe has noticed. */
  unnoticed: string;
  object: Told['object'];
  evidence: EvidenceItem[];
  /** What it answers inside the pods. */
  inside: Inside[];
}

/** Undefined where the check is content. */
export function badAnswer(look: HealthLook): BadAnswer | undefined {
  const health = look.maybe('health');
  if (look.check('functional/health')?.status !== 'fail' || !health.ok) return undefined;
  if (health.value.outcome !== 'response') return undefined;
  const { status = 0, url, json } = health.value;
  const reading = readHealth(json);
  const says = [
    reading.status && `status "${reading.status.text}"`,
    reading.database && `database "${reading.database.text}"`,
  ].filter((part) => part !== undefined);
  const inside = askedInside(look).filter(({ isProxied }) => !isProxied);
  const means = () => {
    if (reading.database?.judgement === 'bad')
      return status < 400 && replacedDatabase(reading.database.text) ? 'database-replaced' : 'database-down';
    if (status === 401 || status === 403) return 'auth-required';
    if (status < 500 && reading.status?.judgement !== 'bad')
      return isOfAnother(look) ? undefined : 'wrong-answer';
    return status >= 500 && inside.length > 0 && inside.every(({ point }) => !isBad(point))
      ? 'between'
      : 'server-error';
  };
  const meaning = means();
  return (
    meaning && {
      means: meaning,
      status,
      says,
      database: reading.database?.text,
      unnoticed:
        status < 400
          ? '; the status is 200, so no probe notices'
          : '; the probes have not failed often enough yet to notice',
      object: serviceRef(look.context.target),
      evidence: [observed(`GET ${url}`, null, [`HTTP ${status}`, ...says].join(', '), health.at)],
      inside,
    }
  );
}

/** What the check says that another topic tells: another program, or another path; and what says well and tells an error. */
const OF_OTHERS: readonly string[] = [
  'other-program',
  'not-found',
  'probes-elsewhere',
  'error-told',
  'database',
];

function isOfAnother(look: HealthLook): boolean {
  const [finding] = look.check('functional/health')?.findings ?? [];
  return finding === undefined || OF_OTHERS.includes(finding.messageId);
}

/** `The health endpoint answers 503 (database "down")`. */
export function answerWords({ status, says }: BadAnswer): string {
  return `The health endpoint answers ${status}${says.length > 0 ? ` (${says.join(', ')})` : ''}`;
}
