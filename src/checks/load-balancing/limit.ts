import { assess } from '../../computed/load-assessment.js';
import {
  demandOf,
  isExceeded,
  shown,
  valueFor,
  type Metric,
  type Threshold,
} from '../../computed/load-threshold.js';
import { todoK8s } from '../../rule/command.js';
import { look, type Part } from '../../rule/fix.js';
import { defineCheck, pass, skip, unknown, type AnyCheck, type CheckContext } from '../check.js';
import { serviceRef } from '../../rule/object-ref.js';
import { confidenceOf, LOAD_SECTION, seeEndpoints, seeLogs, type Run } from './_load.js';

const slowness = (context: CheckContext) => [look(todoK8s(context, 'doctor', 'health'))];

/** What shows more of a value that is beyond its limit. */
const LOOK_AT: Record<Metric, (context: CheckContext) => Part[]> = {
  p50: slowness,
  p90: slowness,
  p99: slowness,
  max: slowness,
  errors: seeLogs,
  unattributed: seeLogs,
  unserved: seeEndpoints,
};

/** A limit of `--fail-on`. A run has one for each limit that it was given: `limit-1-p99`, `limit-2-errors`. */
const limit = defineCheck<Run, 'exceeded'>({
  meta: {
    id: 'load-balancing/limit',
    command: 'loadbalance',
    title: 'the limit set with --fail-on is kept',
    failureTitle: 'a limit is exceeded',
    why: 'the limit was set with --fail-on',
    remedy: slowness,
    severity: 'error',
    reads: ['route', 'distribution'],
    needs: [],
    messages: { exceeded: '{metric} is {found}' },
    contractSection: LOAD_SECTION,
  },
  evaluate({ route, distribution }, context) {
    const [threshold] = context.load?.thresholds ?? [];
    if (threshold === undefined) return skip('no limit was set');
    const value = valueFor(threshold, distribution, assess(distribution, route, confidenceOf(context)));
    if (typeof value === 'string') return unknown(value);
    if (!isExceeded(threshold, value)) return pass(shown(threshold, value));
    const data = { metric: threshold.metric, expected: demandOf(threshold), found: shown(threshold, value) };
    return {
      status: 'fail',
      findings: [{ messageId: 'exceeded', data, object: serviceRef(context.target) }],
    };
  },
});
export default limit;

/** The check of one limit. @param index among those of the run, from 0 */
export function limitOf(threshold: Threshold, index: number): AnyCheck {
  const narrowed = (context: CheckContext): CheckContext => ({
    ...context,
    ...(context.load && { load: { ...context.load, thresholds: [threshold] } }),
  });
  return {
    meta: {
      ...limit.meta,
      id: `${limit.meta.id}-${index + 1}-${threshold.metric}`,
      title: demandOf(threshold),
      failureTitle: `the limit ${threshold.text} is exceeded`,
      remedy: LOOK_AT[threshold.metric],
    },
    evaluate: (evidence, context) => limit.evaluate(evidence, narrowed(context)),
  };
}
