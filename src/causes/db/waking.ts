import { advise } from '../../fixes/described.js';
import { durationOf } from '../../computed/database-trouble.js';
import { observed } from '../../rule/seen.js';
import { podRef } from '../../rule/object-ref.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/waking',
  title: 'The database had to wake up first',
  severity: 'warning',
  why: 'a compute that was suspended when idle takes some seconds for its first connection; requests meanwhile are slow or fail',
  seen: 'the first connection was slow or refused, and the second one quick',
  remedy:
    'give connections a time-out of 10 s and a retry, or turn autosuspend off in the database’s console',
  explains: ['functional/health-latency', 'health/too-slow', 'db/connection-dropped'],
  tell({ way, free, said }, look) {
    const fix = [
      advise('Give connections 10 s and a retry, or turn autosuspend off in the database’s console.'),
    ];
    if (free !== 'late') return { summary: `{pods}: the database says: ${said}`, fix };
    const [first = [], second = []] = way.host?.climbs ?? [];
    const failed = first.at(-1)?.error;
    const [cold, warm] = [durationOf(first), durationOf(second)];
    const how = failed
      ? 'refused the first connection and accepted the second'
      : `took ${(cold / 1000).toFixed(1)} s for the first connection, and not for the second`;
    return {
      severity: 'warning',
      summary: `{pods}: the database ${how}: it had been suspended.`,
      evidence: [
        observed(
          'measured inside the pod',
          podRef(look.context.target, way.pod.metadata.name),
          `first ${failed?.text ?? `${cold} ms`}, then ${warm} ms`,
        ),
      ],
      fix,
      ruledOut: [],
    };
  },
});
