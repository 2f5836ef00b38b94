/** Why the API server refused to create a pod: the ReplicaSet's event `FailedCreate`, or its condition. */
import type { CauseId } from '../causes/index.js';

export interface Refusal {
  cause: CauseId;
  /** The object that refuses or is missing: the quota's, the limit range's, the ServiceAccount's name; or the level. */
  subject: string | undefined;
  /** What is demanded or exceeded, in the API server's words. */
  detail: string;
}

const LONGEST = 4000;

/** By the words of the admission plug-ins (plugin/pkg/admission, pod-security-admission). */
const KINDS: readonly { pattern: RegExp; cause: CauseId; subject?: RegExp; detail?: RegExp }[] = [
  {
    pattern: /exceeded quota/,
    cause: 'admission/quota-exceeded',
    subject: /exceeded quota: ([^,\s]{1,253})/,
    detail: /exceeded quota: [^,\s]{1,253}, (.*)$/,
  },
  {
    pattern: /failed quota/,
    cause: 'admission/quota-exceeded',
    subject: /failed quota: ([^:\s]{1,253})/,
    detail: /failed quota: [^:\s]{1,253}: (.*)$/,
  },
  {
    pattern: /violates PodSecurity/,
    cause: 'admission/pod-security',
    subject: /violates PodSecurity "([^":]{1,63})/,
    detail: /violates PodSecurity "[^"]{1,100}": (.*)$/,
  },
  {
    pattern: /error looking up service account|serviceaccount "[^"]{1,253}" not found/,
    cause: 'admission/service-account-missing',
    subject: /serviceaccount "([^"]{1,253})" not found/,
  },
  {
    pattern: /(?:maximum|minimum) \S{1,100} usage per |limit to request ratio/,
    cause: 'admission/limit-range',
    detail: /((?:maximum|minimum) \S{1,100} usage per .*|\S{1,100} max limit to request ratio .*)$/,
  },
];

/** @returns undefined where the message names none of the known reasons */
export function parseRefusal(message: string): Refusal | undefined {
  const text = message.slice(0, LONGEST).replaceAll('\n', ' ');
  const kind = KINDS.find(({ pattern }) => pattern.test(text));
  if (!kind) return undefined;
  return {
    cause: kind.cause,
    subject: kind.subject?.exec(text)?.[1],
    detail: (kind.detail?.exec(text)?.[1] ?? text).trim(),
  };
}
