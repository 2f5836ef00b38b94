/** What the causes of this group have in common: the check of the release has said what is wrong with it. */
import { hookCommand, hookWords } from '../../fixes/helm-hook.js';
import { mayPass } from '../../computed/change.js';
import type { UnfinishedHook } from '../../contract/helm-release.js';
import type { Cause } from '../../rule/cause-data.js';
import type { Fix } from '../../rule/diagnosis.js';
import { see } from '../../fixes/described.js';
import { field, logItem, observed, shorten } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import type { HelmReleaseFacts, LogLine } from '../../evidence/evidence.js';
import { cause, type Told } from '../../rule/cause.js';

/** A release that did not come to a good end. */
export interface Unfinished {
  name: string;
  revision: number;
  status: string;
  /** A revision to go back to; undefined where none was ever deployed. */
  back: number | undefined;
  description: string;
  /** Hooks that failed, or that it waits for. */
  hooks: readonly UnfinishedHook[];
}

interface ReleaseCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity' | 'explains'> {
  /** Ids that follow besides the check of the release. */
  explains?: readonly string[];
  /** The message of the check `deployment/release`. */
  message: 'pending' | 'failed';
  /** Which of those with this message it is; all of them unless said otherwise. */
  is?: (release: Unfinished) => boolean;
  /** One sentence. */
  what: (release: Unfinished) => string;
  fix: (release: Unfinished, look: Look<'otherLogs'>) => Fix[];
}

export function releaseCause<const Id extends string>({
  message,
  is = () => true,
  what,
  fix,
  explains = [],
  ...data
}: ReleaseCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: ['deployment/release', ...explains],
    reads: ['release'],
    consults: ['otherLogs'],
    judge({ release }, look): Told[] {
      const check = look.check('deployment/release');
      // While the pods of the same change come and go Helm may still wait for them.
      if (check === undefined || mayPass(check)) return [];
      const found = check.findings.find(({ messageId }) => messageId === message);
      const unfinished = found && unfinishedOf(release, found.data.back);
      if (!unfinished || !is(unfinished)) return [];
      const { name, revision, status, description, hooks } = unfinished;
      const object = { kind: 'Release', namespace: look.context.target.namespace, name };
      return [
        {
          verdict: 'confirmed',
          object,
          // The hook is what failed: what Helm says of it stands below.
          summary: [
            what(hooks.length > 0 ? { ...unfinished, description: '' } : unfinished),
            ...hooks.slice(0, 1).map((hook) => hookSentence(hook, look)),
          ].join(' '),
          evidence: [
            ...hooks.flatMap((hook) =>
              wordsOf(hook, look)
                .map(({ line, pod }) => logItem(line, pod, look.context.target, 'log'))
                .reverse(),
            ),
            field(object, `revision ${revision} status`, status, release.deployedAt),
            ...(description === '' ? [] : [observed('helm', object, description, release.deployedAt)]),
            ...hooks.map((hook) =>
              observed(
                `hook ${hook.events.join(', ')}`,
                { ...object, kind: hook.kind, name: hook.name },
                hook.phase,
              ),
            ),
          ],
          fix: [
            ...hooks
              .slice(0, 1)
              .map((hook) =>
                see(
                  'What the hook said, as long as Helm has not deleted it:',
                  hookCommand(look.context, hook),
                ),
              ),
            ...fix(unfinished, look),
          ],
        },
      ];
    },
  });
}

/** A Deployment's selector cannot be changed; Helm has applied the Service before it, which a new selector leads elsewhere. */
export function isOfSelector({ description }: Unfinished): boolean {
  return /spec\.selector\b[^]*field is immutable/.test(description);
}

/** Lines of a hook's pod that are quoted: its last ones say why it ended. */
const MOST_LINES = 3;

/** What the hook's pod said last, where it is still there. */
function wordsOf(
  { kind, name }: UnfinishedHook,
  { maybe }: Look<'otherLogs'>,
): { line: LogLine; pod: string }[] {
  const logs = maybe('otherLogs');
  const own = (logs.ok ? logs.value : []).filter(({ pod }) =>
    kind === 'Job' ? pod.startsWith(`${name}-`) : pod === name,
  );
  return own.flatMap(({ pod, log }) =>
    log.ok
      ? log.value.lines
          .filter(({ text }) => text.trim() !== '')
          .slice(-MOST_LINES)
          .map((line) => ({ line, pod }))
      : [],
  );
}

function hookSentence(hook: UnfinishedHook, look: Look<'otherLogs'>): string {
  const last = wordsOf(hook, look).at(-1);
  return `Its ${hookWords(hook)}${last === undefined ? '' : `, and said last: “${shorten(last.line.text)}”`}.`;
}

function unfinishedOf(
  { name = '', revisions: [newest], description, hooks = [] }: HelmReleaseFacts,
  back: unknown,
): Unfinished | undefined {
  return newest && { ...newest, name, description, hooks, back: typeof back === 'number' ? back : undefined };
}
