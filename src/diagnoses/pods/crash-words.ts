/** What is said about each kind of crash, and what puts it right. */
import type { CheckContext } from '../../checks/check.js';
import { count } from '../../checks/shared.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { ContainerState } from '../../evidence/objects.js';
import { causeOf, type CauseId } from '../causes/index.js';
import type { Fix } from '../diagnosis.js';
import { advise, change, run, setEnvArguments, setKeys, setValues, show } from '../fixes.js';
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
      return `${called(container)}’s command ${commandOf(container)}cannot be started (exit code ${ended.exitCode}).`;
    case 'image/wrong-architecture':
      return `image ${container.spec?.image ?? ''} is for another processor architecture than the node’s.`;
    case 'crash/import-error':
      return `the application ends before it serves, because a module cannot be imported: ${subject ?? 'see the log'}.`;
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
      return `the application ends because user ${userOf(container)} may not use ${subject ?? 'a file'}.`;
    case 'crash/exits-cleanly':
      return 'the application ends without an error (exit code 0), though it should serve for ever.';
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
export function fixOf(cause: CauseId, { sign, container }: Crash, context: CheckContext): Fix[] {
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
    case 'crash/settings-invalid':
      if (SERVICE_LINK.test(sign?.line.text ?? '') || SERVICE_LINK.test(subject(sign))) {
        return [
          advise(
            'The value is one that Kubernetes makes for each Service (NAME_PORT=tcp://…). Set enableServiceLinks: false in the pod template’s spec, or set the variable itself under env.',
          ),
        ];
      }
      return [advise(`${sentence(causeOf(cause).remedy)}.`)];
    case 'image/wrong-architecture':
      return [
        change(
          'Build the image for the node’s architecture, and load it.',
          `docker build --platform=linux/amd64 -t ${word(image)} . && ${loadImage(context, image)}`,
        ),
      ];
    case 'crash/import-error':
      return [
        change(
          'Put the package into the image’s requirements, build it again, and load it.',
          `docker build -t ${word(image)} . && ${loadImage(context, image)}`,
        ),
      ];
    case 'crash/command-not-found':
      return [
        show(
          context,
          'See which command the pod template has; take it out to run the image’s own.',
          `get deployment ${deployment} -o jsonpath='{.spec.template.spec.containers[?(@.name=="${container.status.name}")].command}'`,
        ),
      ];
    default: {
      return [advise(`${sentence(causeOf(cause).remedy)}.`)];
    }
  }
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
