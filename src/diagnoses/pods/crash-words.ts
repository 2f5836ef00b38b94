/** What is said about each kind of crash, and what puts it right. */
import type { CheckContext } from '../../checks/check.js';
import { count } from '../../count.js';
import { patchContainer } from '../../checks/shared.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { ContainerState } from '../../evidence/objects.js';
import { causeOf, type CauseId } from '../causes/index.js';
import type { Fix } from '../diagnosis.js';
import {
  advise,
  change,
  inTemplate,
  listenOn,
  run,
  setEnvArguments,
  setKeys,
  setValues,
  show,
} from '../fixes.js';
import { SIGNALS } from '../../vocabulary/process-end.js';
import { called } from '../look.js';
import type { CrashSign } from '../parse/crash-log.js';
import { shorten } from '../seen.js';
import type { ContainerAt } from './stage.js';
import { loadImage, word } from '../../rule/command.js';

export interface Crash {
  sign: CrashSign | undefined;
  ended: NonNullable<ContainerState['terminated']>;
  container: ContainerAt;
  /** The lines of its log that were read. */
  read: readonly LogLine[];
}

/** A sentence about the container's end. */
export function wordsOf(cause: CauseId, crash: Crash): string {
  const { sign, ended, container } = crash;
  const subject = sign?.subject;
  switch (cause) {
    case 'crash/command-not-found':
      return `${called(container)}’s command ${commandOf(container)}cannot be started (exit code ${ended.exitCode})${startWords(ended)}.`;
    case 'container/cannot-be-made':
      return `the node cannot make ${called(container)}${startWords(ended)}.`;
    case 'image/wrong-architecture':
      return `image ${container.spec?.image ?? ''} is for another processor architecture than the node’s.`;
    case 'crash/import-error':
      return `the application ends before it serves, because a module cannot be imported: ${subject ?? 'see the log'}${container.spec?.workingDir === undefined ? '' : `; its working directory is ${container.spec.workingDir}`}.`;
    case 'crash/missing-environment':
      return `the application ends because of a variable that is missing from its environment: ${subject ?? 'see the log'}.`;
    case 'crash/settings-invalid':
      return `the application ends because a setting in its environment has a value that it does not take: ${subject ?? 'see the log'}.`;
    case 'crash/migration-failed':
      return `${container.role === 'backend' ? 'the application' : called(container)} ends because a migration of the database cannot run: ${said(crash)}.`;
    case 'crash/bad-arguments':
      return `${called(container)}’s command ${commandOf(container)}ends because of its arguments (exit code ${ended.exitCode}): ${said(crash)}.`;
    case 'crash/crlf-script':
      return `${called(container)}’s command ${commandOf(container)}is a script whose interpreter is not found: its lines end with CR LF, or its first line names a program that the image does not have (${said(crash)}).`;
    case 'crash/signal': {
      const signal = SIGNALS[ended.exitCode];
      const words = sign === undefined ? '' : ` Its log says: ${said(crash)}.`;
      return `the process was ended by ${signal?.name ?? 'a signal'} (exit code ${ended.exitCode}): ${signal?.means ?? 'see the log'}.${words}`;
    }
    case 'crash/port-in-use':
      return 'the application ends because the port that it wants to listen on is taken.';
    case 'crash/read-only-filesystem':
      return `the application ends because it writes ${subject === undefined ? '' : `to ${subject} `}on a file system that is read-only.`;
    case 'crash/permission-denied':
      if (isPort(subject))
        return `the application ends because user ${userOf(container)} may not listen on port ${subject ?? ''}: ports below 1024 are root’s.`;
      return `the application ends because user ${userOf(container)} may not use ${subject ?? 'a file'}.`;
    case 'crash/exits-cleanly':
      return 'the application ends without an error (exit code 0), though it should serve forever.';
    case 'memory/child-killed':
      return 'the container was ended by SIGKILL, and no probe failed: the kernel killed a process of it for memory, or the node did.';
    case 'crash/liveness-killed':
      return 'the container was told to end (SIGTERM) and started again, as the kubelet does when a liveness probe fails.';
    default: {
      const when = ended.exitCode === 3 ? 'while it starts' : `(exit code ${ended.exitCode})`;
      const at = sign?.raisedAt === undefined ? '' : ` (${sign.raisedAt})`;
      if (sign) return `the application ends with an exception ${when}: ${said(crash)}${at}.`;
      return `the application ends ${when}, and ${unsaid(crash.read)}.`;
    }
  }
}

/** What to do about it, before reading the log. */
export function fixOf(cause: CauseId, crash: Crash, context: CheckContext): Fix[] {
  const { sign, container } = crash;
  const { contract, target } = context;
  const { deployment } = target.names;
  const image = container.spec?.image ?? '';
  switch (cause) {
    case 'crash/missing-environment': {
      const names = (sign?.subject ?? '').split(', ').filter((name) => name !== '');
      const secret = [...contract.backend.requiredSecretKeys, ...contract.backend.optionalSecretKeys];
      const isSecret = names.length > 0 && names.every((name) => secret.includes(name));
      const known = names.flatMap((name) => {
        const value = contract.backend.env[name];
        return value === undefined ? [] : [`backend.env.${name}=${value}`];
      });
      const [first, ...rest] = known;
      const restart = run(
        context,
        'Then restart the pods: they keep the environment that they were started with.',
        `rollout restart deployment/${deployment}`,
      );
      if (isSecret) return [setKeys(context, names), restart];
      return first === undefined
        ? []
        : [
            setValues(
              context,
              'Give it the contract’s value.',
              [first, ...rest],
              setEnvArguments(context, ...known.map((each) => each.replace('backend.env.', ''))),
            ),
          ];
    }
    case 'crash/bad-arguments':
    case 'crash/settings-invalid': {
      if (SERVICE_LINK.test(sign?.line.text ?? '') || SERVICE_LINK.test(subject(sign))) {
        return [
          advise(
            'The value is one that Kubernetes makes for each Service (NAME_PORT=tcp://…). Set enableServiceLinks: false in the pod template’s spec, or set the variable itself under env.',
          ),
        ];
      }
      return [
        ...(cause === 'crash/settings-invalid'
          ? settingFixes(crash, context)
          : argumentFixes(crash, context)),
        advise(`${sentence(causeOf(cause).remedy)}.`),
      ];
    }
    case 'image/wrong-architecture':
      return [
        change(
          'Build the image for the node’s architecture, and load it.',
          `docker build --platform=linux/amd64 -t ${word(image)} . && ${loadImage(context, image)}`,
        ),
      ];
    case 'crash/import-error':
      return [
        ...ownCommand(crash, context),
        change(
          'Put the package into the image’s requirements, build it again, and load it.',
          `docker build -t ${word(image)} . && ${loadImage(context, image)}`,
        ),
      ];
    case 'crash/permission-denied':
      return isPort(sign?.subject)
        ? [listenOn(context, container.spec, 'port', String(contract.backend.container.port))]
        : [advise(`${sentence(causeOf(cause).remedy)}.`)];
    case 'crash/exits-cleanly':
    case 'crash/crlf-script':
      return [...ownCommand(crash, context), advise(`${sentence(causeOf(cause).remedy)}.`)];
    case 'crash/command-not-found':
      return [
        ...ownCommand(crash, context),
        show(
          context,
          'See which command the pod template has.',
          `get deployment ${deployment} -o jsonpath='{.spec.template.spec.containers[?(@.name=="${container.status.name}")].command}'`,
        ),
      ];
    default: {
      return [advise(`${sentence(causeOf(cause).remedy)}.`)];
    }
  }
}

function isPort(named: string | undefined): boolean {
  return /^\d{1,5}$/.test(named ?? '');
}

/** Without the pod template's command, arguments and directory the image's own start it; not where it has none of them. */
function ownCommand({ container }: Crash, context: CheckContext): Fix[] {
  const { spec, role } = container;
  const given = (['command', 'args', 'workingDir'] as const).filter((key) => spec?.[key] !== undefined);
  if (role !== 'backend' || given.length === 0) return [];
  const names = { command: 'command', args: 'arguments', workingDir: 'working directory' };
  return [
    inTemplate(
      context,
      `Take ${given.map((key) => names[key]).join(' and ')} out of the pod template, so that the image’s own count.`,
      patchContainer(context, Object.fromEntries(given.map((key) => [key, null]))),
    ),
  ];
}

/** uvicorn takes its options from the environment, too, where the command line has none. */
function argumentFixes(crash: Crash, context: CheckContext): Fix[] {
  const { sign, container } = crash;
  const option = /^--?(host|port)$/.exec(sign?.subject ?? '')?.[1] as 'host' | 'port' | undefined;
  if (option !== undefined && container.role === 'backend') {
    const value = option === 'host' ? '0.0.0.0' : String(context.contract.backend.container.port);
    return [listenOn(context, container.spec, option, value)];
  }
  return ownCommand(crash, context);
}

/** What the contract has for a variable; else the application's own default, where the pod template gives the value itself. */
function settingFixes({ sign, container, read }: Crash, context: CheckContext): Fix[] {
  const { env } = context.contract.backend;
  const words = [sign?.subject ?? '', ...read.slice(-5).map(({ text }) => text)].join(' ');
  const contracted = Object.keys(env).find(
    (name) => words.includes(name) || (name === 'LOG_LEVEL' && words.includes('Unknown level')),
  );
  if (contracted !== undefined) {
    const value = `${contracted}=${env[contracted] ?? ''}`;
    return [
      setValues(
        context,
        'Give it the contract’s value.',
        [`backend.env.${value}`],
        setEnvArguments(context, value),
      ),
    ];
  }
  const literal = container.spec?.env?.find(({ name, value }) => value !== undefined && words.includes(name));
  if (literal === undefined || container.role !== 'backend') return [];
  return [
    inTemplate(
      context,
      `Take ${literal.name} out of the pod template, so that the application’s own default counts.`,
      setEnvArguments(context, `${literal.name}-`),
    ),
  ];
}

/** What the runtime says of a start that failed, without its own names and the command's. */
function startWords({ message = '' }: Crash['ended']): string {
  const said = /(?:exec: |chdir |mounting )[^\n]*/.exec(message)?.[0] ?? '';
  return said === '' ? '' : `: ${shorten(said.replace(/: unknown$/, '')).replace(/[.]$/, '')}`;
}

/** The environment that the kubelet adds for Services (docker links): NAME_PORT=tcp://10.96.0.1:80. */
const SERVICE_LINK = /tcp:\/\/[\d.]{7,15}:\d{1,5}/;

function subject(sign: CrashSign | undefined): string {
  return sign?.subject ?? '';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function said({ sign }: Crash): string {
  return sign === undefined ? 'see the log' : shorten(sign.line.text.trim()).replace(/[.]$/, '');
}

/** What was read and did not say why; its last words may. */
function unsaid(read: readonly LogLine[]): string {
  const last = read.findLast(({ text }) => text.trim() !== '');
  if (last === undefined) return 'it wrote nothing before';
  return `nothing that is known as a reason stands in the ${count(read.length, 'line')} of its log that were read; the last one is: ${shorten(last.text.trim()).replace(/[.]$/, '')}`;
}

function commandOf({ spec }: ContainerAt): string {
  const words = [...(spec?.command ?? []), ...(spec?.args ?? [])];
  return words.length === 0 ? '' : `“${shorten(words.join(' '))}” `;
}

function userOf({ spec }: ContainerAt): string {
  return String(spec?.securityContext?.runAsUser ?? 1001);
}
