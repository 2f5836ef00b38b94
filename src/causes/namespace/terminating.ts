import { refusedCause } from '../refused.js';
import { show } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import type { CheckContext } from '../../rule/context.js';
import { field } from '../../rule/seen.js';

const TERMINATING = cause({
  id: 'namespace/terminating',
  topic: 'pods',
  severity: 'error',
  title: 'The namespace is being deleted',
  why: 'nothing new can be created in a namespace that is on its way out, and what is in it goes with it',
  seen: 'the namespace’s deletionTimestamp, or FailedCreate: unable to create new content in namespace … because it is being terminated',
  remedy:
    'let the deletion finish, then install into a new namespace; finalizers that hold it up are in its status',
  explains: [
    'cluster/permissions',
    'deployment/*',
    'pods/*',
    'config/*',
    'service/*',
    'functional/*',
    'network/*',
    'load-balancing/*',
    'rollout/*',
    'helm/*',
    'db/*',
    'health/*',
    'crash/*',
    'admission/*',
    'evidence/unreadable',
  ],
  reads: [],
  consults: ['namespace'],
  judge(_, { context, maybe }) {
    const read = maybe('namespace');
    const found = read.ok ? read.value : undefined;
    if (found?.deletedAt === undefined) return [];
    const { deletedAt, holds } = found;
    const { namespace } = context.target;
    const object = { kind: 'Namespace', name: namespace };
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Namespace ${namespace} is being deleted, and all that is in it with it.`,
        evidence: [
          field(object, 'metadata.deletionTimestamp', deletedAt, deletedAt),
          ...holds.slice(0, 3).map((words) => field(object, 'status.conditions', words)),
        ],
        fix: [holdsUp(context)],
      },
    ];
  },
});

export default TERMINATING;

/** The same where the namespace itself may not be read: the API server's words when it refuses to make a pod. */
const REFUSED = refusedCause({
  ...TERMINATING,
  means: 'namespace-terminating',
  what: ({ subject }) => `namespace ${subject ?? ''} is being deleted`.replace('  ', ' '),
  fix: (_, { context }) => [holdsUp(context)],
});
export const refusedInNamespace: typeof REFUSED = {
  ...REFUSED,
  judge: (facts, look) =>
    REFUSED.judge(facts, look).map((told) => ({
      ...told,
      object: { kind: 'Namespace', name: look.context.target.namespace },
    })),
};

function holdsUp(context: CheckContext) {
  return show(
    context,
    'Its conditions say what holds the deletion up. When it is gone, install again.',
    `get namespace ${context.target.namespace} -o yaml`,
    null,
  );
}
