/** What is said about each kind of crash, and what puts it right. */
import type { CheckContext } from '../../checks/check.js';
import type { ContainerState } from '../../evidence/objects.js';
import { causeOf, type CauseId } from '../causes/index.js';
import type { Fix } from '../diagnosis.js';
import { advise, run, setKeys, setValues } from '../fixes.js';
import type { CrashSign } from '../parse/crash-log.js';
import { shorten } from '../seen.js';
import type { ContainerAt } from './stage.js';

export interface Crash {
  sign: CrashSign | undefined;
  ended: NonNullable<ContainerState['terminated']>;
  container: ContainerAt;
}

/** A sentence about the container's end. */
export function wordsOf(cause: CauseId, crash: Crash): string {
  const { sign, ended, container } = crash;
  const subject = sign?.subject;
  switch (cause) {
    case 'crash/command-not-found':
      return `the container’s command ${commandOf(container)}cannot be started (exit code ${ended.exitCode}).`;
    case 'image/wrong-architecture':
      return `image ${container.spec?.image ?? ''} is for another processor architecture than the node’s.`;
    case 'crash/import-error':
      return `the application ends before it serves, because a module cannot be imported: ${subject ?? 'see the log'}.`;
    case 'crash/missing-environment':
      return `the application ends because of a variable that is missing from its environment: ${subject ?? 'see the log'}.`;
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
      const text =
        sign === undefined ? '; its log says nothing of it' : `: ${shorten(sign.line.text.trim())}`;
      return `the application ends with an exception ${when}${text}.`;
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
              `set env deployment/${deployment} ${known.map((each) => each.replace('backend.env.', '')).join(' ')}`,
            ),
          ];
    }
    case 'image/wrong-architecture':
      return [
        advise(
          'Build the image for the node’s architecture, and load it.',
          `docker build --platform=linux/amd64 -t ${image} . && minikube image load ${image}`,
        ),
      ];
    case 'crash/import-error':
      return [
        advise(
          'Put the package into the image’s requirements, build it again, and load it.',
          `docker build -t ${image} . && minikube image load ${image}`,
        ),
      ];
    case 'crash/command-not-found':
      return [
        run(
          context,
          'See which command the pod template has; take it out to run the image’s own.',
          `get deployment ${deployment} -o jsonpath='{.spec.template.spec.containers[*].command}'`,
        ),
      ];
    default: {
      const { remedy } = causeOf(cause);
      return [advise(`${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`)];
    }
  }
}

function commandOf({ spec }: ContainerAt): string {
  const words = [...(spec?.command ?? []), ...(spec?.args ?? [])];
  return words.length === 0 ? '' : `“${shorten(words.join(' '))}” `;
}

function userOf({ spec }: ContainerAt): string {
  return String(spec?.securityContext?.runAsUser ?? 1001);
}
