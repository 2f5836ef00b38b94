/** Ways to put things right, in the words that several topics share. */
import { containerName } from '../contract/target.js';
import type { CheckContext } from '../rule/context.js';
import type { Fix } from '../rule/diagnosis.js';
import { secretPlaces, setSecretKeys, type SecretKey } from './secret-command.js';
import { canSet, IN_CHART, inChartsTerms, patchContainer } from './commands.js';
import type { Container } from '../evidence/objects.js';
import type { VariableFacts } from '../evidence/evidence.js';
import { helmUpgrade, kubectl, rolloutStatus, word } from '../rule/command.js';
import type { Part } from '../rule/fix.js';

/**
 * Sets values of the chart where Helm manages the release and the chart has them, else changes the object itself.
 * @param values `key=value` of Helm's --set, keys as the contract names them
 * @param rest what follows `kubectl -n <namespace>`
 */
export function setValues(
  context: CheckContext,
  description: string,
  values: readonly [string, ...string[]],
  rest: string,
): Fix {
  if (canSet(context, values)) {
    return {
      kind: 'fix',
      description,
      command: helmUpgrade(context, ...inChartsTerms(context, values)),
      helmValue: inChartsTerms(context, values).join(','),
    };
  }
  return inTemplate(context, description, rest);
}

/** Changes the object itself; where Helm manages it, its template has to say the same. */
export function inTemplate(context: CheckContext, description: string, rest: string): Fix {
  return run(context, context.target.helm ? `${description} ${IN_CHART}` : description, rest);
}

/** A kubectl command that changes something. @param rest what follows `kubectl -n <namespace>` */
export function run(context: CheckContext, description: string, rest: string): Fix {
  return change(description, kubectl(context, rest));
}

/** A kubectl command that shows something. @param rest what follows `kubectl -n <namespace>` */
export function show(
  context: CheckContext,
  description: string,
  rest: string,
  namespace?: string | null,
): Fix {
  return see(description, kubectl(context, rest, namespace));
}

/** What the application said when it failed to answer is in the log of one of its pods. */
export function readNewestLogs(context: CheckContext): Fix {
  const { deployment } = context.target.names;
  const rest = `logs deployment/${deployment} --all-pods=true --tail=50`;
  return show(context, 'Read what the application says at that moment.', rest);
}

/** A command that changes something. */
export function change(description: string, command: string): Fix {
  return { kind: 'fix', description, command, helmValue: null };
}

/** A command that shows something. */
export function see(description: string, command: string): Fix {
  return { kind: 'look', description, command, helmValue: null };
}

/** A command that goes back to an earlier revision. */
export function revert(description: string, command: string): Fix {
  return { kind: 'undo', description, command, helmValue: null };
}

/** What no single command does. */
export function advise(description: string): Fix {
  return { kind: 'text', description, command: null, helmValue: null };
}

/**
 * Restarts the pods, so that they take a value that was changed: one that a check calls wrong is put right before, because the
 * old one is what keeps the application up.
 * @param wrong what that check says puts it right; nothing where no command does
 */
export function restartForNewValue(
  context: CheckContext,
  description: string,
  wrong: readonly { says: string; fix: readonly Part[] }[],
): Fix[] {
  return [
    ...wrong.flatMap(({ says, fix }) =>
      fixesFrom(`Put the new value right first: ${says}. Pods that start with it may not come up.`, fix),
    ),
    run(context, description, `rollout restart deployment/${context.target.names.deployment}`),
  ];
}

/** What a check says that puts it right, under a description of its own. */
export function fixesFrom(description: string, parts: readonly Part[]): Fix[] {
  const words = parts.flatMap((part) => {
    if (part.kind === 'text') return [part.text];
    return part.variables === undefined ? [] : [`Set ${part.variables.join(' and ')} in your shell first.`];
  });
  const commands = parts.flatMap((part) => (part.kind === 'text' ? [] : [part]));
  const [first, ...others] = commands;
  if (first === undefined) return [advise([description, ...words].join(' '))];
  return [
    {
      kind: first.kind,
      description: [description, ...words].join(' '),
      command: first.command,
      helmValue: null,
    },
    ...others.map(({ kind, command }) => ({ kind, description: 'And:', command, helmValue: null })),
  ];
}

/**
 * Writes secrets where the container takes them from. The values are taken from variables of the user's shell: a command
 * line is seen by others, and kept by the shell. Other keys stay as they are.
 * @param exists whether the Secret is there
 */
export function setKeys(context: CheckContext, keys: readonly SecretKey[], exists = true): Fix {
  const places = secretPlaces(context, keys);
  const plural = places.length === 1 ? '' : 's';
  const values = places.flatMap(({ value }) => value ?? []);
  const isPatched = context.target.helm !== undefined && values.length < places.length;
  const said = `With the value${plural} in your shell’s variable${plural} ${places.map(({ shell }) => shell).join(', ')}:`;
  return {
    kind: 'fix',
    description: isPatched ? `${IN_SECRET} ${said}` : said,
    command: setSecretKeys(context, keys, exists),
    helmValue: values.length > 0 ? values.join(',') : null,
  };
}

/** Said where a Secret is changed that the chart may make. */
const IN_SECRET = 'Where the chart makes this Secret, change its value there, too.';

/** Nothing to fix as long as it lasts. */
export function waitForRollout(context: CheckContext): Fix {
  return see('Wait for its end.', rolloutStatus(context, context.target.names.deployment));
}

/** Arguments of kubectl for a resource of the backend's container: without the container's name all of them get it. */
export function resourcesArguments(
  context: CheckContext,
  which: 'limits' | 'requests',
  resource: string,
  amount: string,
): string {
  const container = word(containerName(context));
  return `set resources deployment ${word(context.target.names.deployment)} -c ${container} --${which}=${resource}=${word(amount)}`;
}

/** Arguments of kubectl for variables of the backend's container. @param entries `KEY=value`, or `KEY-` to remove it */
export function setEnvArguments(context: CheckContext, ...entries: string[]): string {
  const container = word(containerName(context));
  return `set env deployment/${word(context.target.names.deployment)} -c ${container} ${entries.map(word).join(' ')}`;
}

/** Takes variables out of the container, wherever each of them comes from. */
export function removeKeys(context: CheckContext, variables: readonly VariableFacts[]): Fix[] {
  const names = (own: readonly VariableFacts[]) => own.map(({ name }) => name).join(' and ');
  const inPods = variables.filter(({ field }) => field.startsWith('env['));
  const imported = variables.filter((variable) => !inPods.includes(variable));
  return [
    ...(inPods.length === 0
      ? []
      : [
          inTemplate(
            context,
            `Take ${names(inPods)} out of the pod template, or correct it there.`,
            setEnvArguments(context, ...inPods.map(({ name }) => `${name}-`)),
          ),
        ]),
    ...imported.map(({ name, source }) =>
      source.from === 'ConfigMap' || source.from === 'Secret'
        ? advise(
            `Take key ${source.key} out of ${source.from} ${source.name}, from which the container has ${name}, or correct it; then restart the pods.`,
          )
        : advise(`Take ${name} out of the container’s environment, or correct it.`),
    ),
  ];
}

/**
 * Lets the application listen elsewhere. uvicorn takes an argument before its variable, so that the argument has to
 * change where there is one; what an image's own command has cannot be seen.
 * @param container as a pod's spec has it
 */
export function listenOn(
  context: CheckContext,
  container: Container | undefined,
  option: 'host' | 'port',
  value: string,
): Fix {
  const words =
    option === 'host'
      ? 'Let it listen on all addresses'
      : `Let it listen on port ${value}, as the contract has it`;
  for (const list of ['args', 'command'] as const) {
    const changed = withOption(container?.[list] ?? [], `--${option}`, value);
    if (changed) return inTemplate(context, `${words}.`, patchContainer(context, { [list]: changed }));
  }
  const variable = setEnvArguments(context, `UVICORN_${option.toUpperCase()}=${value}`);
  const isImages = (container?.command ?? []).length === 0 && (container?.args ?? []).length === 0;
  return inTemplate(
    context,
    isImages
      ? `${words}. Where the image’s own command has --${option}, change it there: uvicorn heeds the variable only without it.`
      : `${words}.`,
    variable,
  );
}

/** The arguments with another value of the option; undefined where it is not among them. */
function withOption(words: readonly string[], option: string, value: string): string[] | undefined {
  const index = words.indexOf(option);
  if (index >= 0 && index + 1 < words.length) return words.with(index + 1, value);
  // `--host=…`, or a whole line for a shell.
  const inside = new RegExp(`(^|\\s)${option}([= ])\\S+`);
  const holder = words.findIndex((each) => inside.test(each));
  if (holder < 0) return undefined;
  return words.with(holder, (words[holder] ?? '').replace(inside, `$1${option}$2${value}`));
}
