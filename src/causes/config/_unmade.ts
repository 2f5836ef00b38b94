/** What all causes have in common of a container whose spec the kubelet cannot turn into one. */
import { patchFields } from '../../fixes/commands.js';
import type { ConfigProblem } from '../../computed/config-problem.js';
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { Fix } from '../../rule/diagnosis.js';
import { field } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { advise, setKeys, setValues, show } from '../../fixes/described.js';
import { called } from '../../computed/judged-pods.js';
import { unmadeOf } from '../../computed/unmade.js';
import { cause, type Told } from '../../rule/cause.js';
import { word } from '../../rule/command.js';
import type { UnmadeMeaning } from '../../vocabulary/container-config.js';
import { NOT_RUNNING } from '../not-running.js';

type ConfigLook = Look<'events'>;

interface UnmadeCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  /** @param who the container */
  what: (who: string, problem: ConfigProblem) => string;
  fix: (problem: ConfigProblem, look: ConfigLook) => Fix[];
}

export function unmadeCause<const Id extends UnmadeMeaning>({
  what,
  fix,
  explains,
  ...data
}: UnmadeCause<Id>) {
  return cause({
    ...data,
    topic: 'pods',
    severity: 'error',
    explains: [...explains, ...NOT_RUNNING],
    reads: ['pods'],
    consults: ['events'],
    judge: ({ pods }, look) =>
      unmadeOf(pods, look).flatMap(({ pod, container, reason, message, problem }): Told[] => {
        if (problem?.cause !== data.id) return [];
        const { name } = pod.metadata;
        const object = podRef(look.context.target, name);
        return [
          {
            verdict: 'confirmed',
            object,
            pods: [name],
            summary: `{pods}: ${what(called(container), problem)}`,
            evidence: [field(object, `${container.path}.state.waiting`, `${reason}: ${message}`)],
            fix: fix(problem, look),
          },
        ];
      }),
  });
}

const OF = {
  Secret: {
    explains: ['config/secret', 'config/database-url', 'config/auth-secret-length', 'db/url-missing'],
    fix: secretFix,
  },
  ConfigMap: {
    explains: ['config/configmap', 'config/environment-value', 'config/log-level-value'],
    fix: configMapFix,
  },
} as const;

type Kind = keyof typeof OF;

/** The container takes its environment from an object that is not there. */
export function missingObject<const K extends Kind>(kind: K) {
  return unmadeCause({
    id: `config/${kind.toLowerCase() as Lowercase<K>}-missing`,
    title: `A ${kind} that the container needs does not exist`,
    why: ENVIRONMENT,
    seen: `CreateContainerConfigError: ${kind.toLowerCase()} not found`,
    remedy: `create the ${kind}; the kubelet tries again by itself`,
    explains: OF[kind].explains,
    what: (who, { object = '' }) =>
      `${who} takes its environment from ${kind} ${object}, which does not exist.`,
    fix: OF[kind].fix,
  });
}

/** The object is there, and lacks the key that the container takes a variable from. */
export function missingKey<const K extends Kind>(kind: K) {
  return unmadeCause({
    id: `config/${kind.toLowerCase() as Lowercase<K>}-key-missing`,
    title: `A ${kind} lacks a key that the container needs`,
    why: ENVIRONMENT,
    seen: `CreateContainerConfigError: couldn’t find key in ${kind}`,
    remedy: `add the key to the ${kind}; the kubelet tries again by itself`,
    explains: OF[kind].explains,
    what: (who, { object = '', key = '' }) =>
      `${who} needs key ${key} of ${kind} ${object}, which does not have that key.`,
    fix: OF[kind].fix,
  });
}

const ENVIRONMENT = 'the kubelet does not start a container whose environment it cannot fill';

function secretFix({ object, key }: ConfigProblem, { context }: ConfigLook): Fix[] {
  if (object !== undefined && key !== undefined) return [setKeys(context, [{ secret: object, key }])];
  if (object === context.target.names.secret)
    return [setKeys(context, context.contract.backend.requiredSecretKeys, false)];
  return [others(context, 'secrets')];
}

function configMapFix({ object, key }: ConfigProblem, { context }: ConfigLook): Fix[] {
  const { contract, target } = context;
  if (object === undefined || object !== target.names.configMap) return [others(context, 'configmaps')];
  const entries = Object.entries(contract.backend.env).filter(([name]) => key === undefined || name === key);
  const [first, ...rest] = entries.map(([name, value]) => `backend.env.${name}=${value}`);
  if (first === undefined)
    return [advise(`Add key ${key ?? ''} to ConfigMap ${object}, or take it out of the pod template.`)];
  const literals = entries.map(([name, value]) => ` --from-literal=${word(`${name}=${value}`)}`).join('');
  return [
    setValues(
      context,
      'Put it there with the contract’s values; the kubelet tries again by itself.',
      [first, ...rest],
      key === undefined
        ? `create configmap ${word(object)}${literals}`
        : patchFields('configmap', object, { data: Object.fromEntries(entries) }),
    ),
  ];
}

function others(context: ConfigLook['context'], kind: string): Fix {
  return show(
    context,
    'Create what is missing, or take the reference out of the pod template. These are there:',
    `get ${kind}`,
  );
}
