/** Why the kubelet could not make a container from its spec: the message of `CreateContainerConfigError`. */
import type { CauseId } from '../causes/index.js';

export interface ConfigProblem {
  cause: CauseId;
  /** Name of the Secret or ConfigMap. */
  object: string | undefined;
  key: string | undefined;
}

const LONGEST = 2000;

/** By the kubelet's words (pkg/kubelet/kubelet_pods.go, pkg/kubelet/kuberuntime/security_context.go). */
const KINDS: readonly { pattern: RegExp; cause: CauseId; object?: number; key?: number }[] = [
  {
    pattern: /couldn't find key (\S{1,253}) in Secret (?:[^\s/]{1,253}\/)?(\S{1,253})/i,
    cause: 'config/secret-key-missing',
    key: 1,
    object: 2,
  },
  {
    pattern: /couldn't find key (\S{1,253}) in ConfigMap (?:[^\s/]{1,253}\/)?(\S{1,253})/i,
    cause: 'config/configmap-key-missing',
    key: 1,
    object: 2,
  },
  { pattern: /secrets? "([^"]{1,253})" not found/i, cause: 'config/secret-missing', object: 1 },
  { pattern: /configmaps? "([^"]{1,253})" not found/i, cause: 'config/configmap-missing', object: 1 },
  {
    pattern:
      /runAsNonRoot and image (?:will run as root|has non-numeric user)|runAsNonRoot and .{0,80}(?:runAsUser|root)|runAsUser breaks non-root policy/i,
    cause: 'config/runs-as-root',
  },
];

/** @returns undefined where the message names none of the known reasons */
export function parseConfigProblem(message: string): ConfigProblem | undefined {
  const text = message.slice(0, LONGEST);
  for (const { pattern, cause, object, key } of KINDS) {
    const match = pattern.exec(text);
    if (match) {
      return {
        cause,
        object: object === undefined ? undefined : match[object],
        key: key === undefined ? undefined : match[key],
      };
    }
  }
  return undefined;
}
