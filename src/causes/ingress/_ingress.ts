/** What the causes of this group have in common: an Ingress that is meant to lead to the backend, and what is wrong with it. */
import type { Cause } from '../../rule/cause-data.js';
import type { Fix } from '../../rule/diagnosis.js';
import { observed } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import type { IngressFault } from '../../evidence/evidence.js';
import { cause, type Told } from '../../rule/cause.js';

/** What is asked through it. */
const ANSWERED = ['functional/*', 'service/http-error', 'service/other-program', 'load-balancing/*'];

interface IngressCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  is: IngressFault['is'];
  /** What would show it for sure; none where the objects do. */
  wouldConfirm?: string;
  /** @param name of the Ingress */
  fix: (name: string, look: Look<never>) => Fix[];
}

export function ingressCause<const Id extends string>({ is, fix, wouldConfirm, ...data }: IngressCause<Id>) {
  return cause({
    ...data,
    topic: 'service',
    severity: 'error',
    explains: wouldConfirm === undefined ? ['functional/node-port'] : ANSWERED,
    reads: ['route'],
    judge({ route: { outside, via, proof } }, look): Told[] {
      // The application may have another root path, and another way may take the host: it came through, or did not.
      if (wouldConfirm !== undefined && ['url', 'ingress'].includes(via) && proof?.state === 'proven')
        return [];
      const seen = new Set<string>();
      return (outside?.ingresses ?? []).flatMap(({ ingress, host, path, faults = [] }) =>
        faults
          .filter((fault) => fault.is === is)
          .flatMap(({ says }): Told[] => {
            // Each of its paths has the same class.
            if (seen.has(`${ingress} ${says}`)) return [];
            seen.add(`${ingress} ${says}`);
            const object = { kind: 'Ingress', namespace: look.context.target.namespace, name: ingress };
            return [
              {
                verdict: wouldConfirm === undefined ? 'confirmed' : 'likely',
                ...(wouldConfirm !== undefined && { wouldConfirm }),
                object,
                summary: `Ingress ${ingress} does not lead to the backend: ${says}.`,
                evidence: [observed(`path ${host}${path}`, object, says)],
                fix: fix(ingress, look),
              },
            ];
          }),
      );
    },
  });
}
