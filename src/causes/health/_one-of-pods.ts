/** Pods that count as ready and answer badly inside, where others of them answer well: what spreads over all of them shows by chance. */
import { isReady } from '../../kube/pod-state.js';
import { podRef } from '../../rule/object-ref.js';
import { askedInside, insideItem, isBad, type Inside } from '../../computed/asked-inside.js';
import { troublesOf, type HealthLook } from '../../computed/probe-trouble.js';
import { backendOf } from '../../computed/judged-pods.js';
import { run, show } from '../../fixes/described.js';
import type { Pod } from '../../evidence/objects.js';
import type { Told } from '../../rule/cause.js';

/** What callers meet of it, as often as a request comes to that pod. */
const MET = [
  'functional/health',
  'functional/health-latency',
  'functional/api-docs',
  'functional/auth-required',
  'functional/node-port',
  'load-balancing/distribution',
  'load-balancing/every-pod-answered',
  'load-balancing/no-errors',
] as const;

/** @param isMeant which of the bad answers @param words what the pod does, after its name @param told what differs of it */
export function oneOfPods(
  pods: readonly Pod[],
  look: HealthLook,
  isMeant: (each: Inside) => boolean,
  words: (each: Inside) => string,
  told: Partial<Told> = {},
): Told[] {
  const { context } = look;
  const asked = askedInside(look).flatMap((inside) => {
    const pod = pods.find(({ metadata }) => metadata.name === inside.pod);
    return pod && isReady(pod) ? [{ ...inside, of: pod }] : [];
  });
  const isWell = (each: Inside) => !isBad(each.point) && each.point.flaw === undefined && !isMeant(each);
  const well = asked.filter(isWell);
  const meant = asked.filter(isMeant);
  if (well.length === 0 || meant.length === 0) return [];
  const known = new Set(troublesOf(pods, look).found.map(({ pod }) => pod.metadata.name));
  return meant
    .filter(({ pod }) => !known.has(pod))
    .map((each) => {
      const hasProbe = backendOf(each.of, context)?.readinessProbe !== undefined;
      const why = !hasProbe
        ? 'no readiness probe takes it out of service'
        : isBad(each.point)
          ? 'its probes have not failed often enough yet'
          : each.point.flaw
            ? 'the status is 200, so no probe notices'
            : 'its probes wait that long';
      return {
        verdict: 'confirmed' as const,
        object: podRef(context.target, each.pod),
        pods: [each.pod],
        summary: `{pods}: ${words(each)}, and requests still come to it: ${why}; the same path is answered well in ${well.length} of ${asked.length} pods.`,
        evidence: [each, ...well.slice(0, 1)].map((item) => insideItem(item, look)),
        fix: [
          show(context, 'Read what this pod says.', `logs ${each.pod} --tail=50`),
          run(context, 'Replace it: the Deployment makes another one.', `delete pod ${each.pod}`),
        ],
        symptoms: MET.filter((id) => ['fail', 'warn'].includes(look.check(id)?.status ?? '')),
        ...told,
      };
    });
}
