import { podRef, secretRef } from '../../rule/object-ref.js';
import { field, logItem, observed } from '../../rule/seen.js';
import { fromHere } from '../../computed/database-ways.js';
import { restartForNewValue } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/credentials-stale',
  title: 'Pods still use the DATABASE_URL from before the Secret was changed',
  why: 'a container’s environment is set when it starts: a Secret that changes later does not reach it',
  seen: 'the Secret was written after the container had started, and the container’s value is another than the Secret’s',
  remedy: 'restart the pods: kubectl rollout restart',
  // Whether the Secret's own value leads to a database is another question: pods that were restarted would have it.
  explains: [
    'db/authentication-failed',
    'db/dns-wrong-host',
    ...UNUSABLE.filter((id) => id !== 'network/database-egress'),
  ],
  tell({ way, pod: name, error, free, stale }, look) {
    const { context } = look;
    const { target } = context;
    const { source, differs = false } = stale ?? {};
    const object = secretRef(target);
    const pod = podRef(target, name);
    const worksHere = fromHere(look)?.through === true;
    const startedAt = way.pod.status?.containerStatuses?.[0]?.state?.running?.startedAt;
    const logged = error ?? way.logged.errors.find(({ cause }) => cause === 'db/authentication-failed');
    // What the Secret has now is what these two look at.
    const wrong = ['config/database-url', 'network/database-egress']
      .flatMap((id) => look.check(id) ?? [])
      .find(({ status }) => status === 'fail');
    const since = source === undefined ? '' : ` at ${clock(source.at)}`;
    const shown = logged ? [logItem(logged.line, name, target, way.logged.run)] : [];
    const written = source?.keys.includes('DATABASE_URL') ? 'data.DATABASE_URL' : 'data';
    return {
      ...(free === 'value' && { severity: 'warning' }),
      verdict: differs || worksHere ? 'confirmed' : 'likely',
      object,
      summary: `The DATABASE_URL was changed in Secret ${target.names.secret}${since}; {pods} had started before and kept the old one.`,
      evidence: [
        ...(error ? shown : []),
        ...(source
          ? [field(object, written, `written by ${source.manager} (managedFields)`, source.at)]
          : []),
        ...(startedAt === undefined
          ? []
          : [
              field(
                pod,
                'status.containerStatuses[].state.running.startedAt',
                'running since then',
                startedAt,
              ),
            ]),
        ...(differs
          ? [
              observed(
                'compared inside the pod',
                pod,
                'its DATABASE_URL is another than the Secret’s (values hidden)',
              ),
            ]
          : []),
        ...(error ? [] : shown),
      ],
      fix: restartForNewValue(
        context,
        'Restart the pods, so that they take the new value.',
        // What the check has to say is how to look at it: only the owner knows the right value.
        wrong === undefined ? [] : [{ says: wrong.findings[0]?.message ?? wrong.message, fix: [] }],
      ),
      ...(!differs &&
        !worksHere && {
          wouldConfirm: 'a comparison inside the pod, which could not be made; a restart shows it too',
        }),
      ruledOut: worksHere ? ['wrong password: the Secret’s works from here'] : [],
    };
  },
});

/** `14:00:03`, as the evidence's times are shown. */
function clock(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}
