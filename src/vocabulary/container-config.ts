/**
 * Why the kubelet or the runtime makes no container: the message with which one waits (`CreateContainerConfigError`,
 * `CreateContainerError`, `RunContainerError`), and of a volume that is not mounted.
 */
import type { Words } from './vocabulary.js';

export type UnmadeMeaning =
  | `config/${'configmap' | 'secret'}-${'missing' | 'key-missing'}`
  | 'config/runs-as-root'
  | 'crash/command-not-found'
  | 'image/wrong-architecture';

/** `object` and `key` are what it names. */
export const UNMADE: readonly Words<UnmadeMeaning>[] = [
  {
    says: /couldn't find key (?<key>\S{1,253}) in Secret (?:[^\s/]{1,253}\/)?(?<object>\S{1,253})/i,
    by: 'kubelet (pkg/kubelet/kubelet_pods.go)',
    means: 'config/secret-key-missing',
    example: "couldn't find key DATABASE_URL in Secret default/todo-secret",
  },
  {
    says: /couldn't find key (?<key>\S{1,253}) in ConfigMap (?:[^\s/]{1,253}\/)?(?<object>\S{1,253})/i,
    by: 'kubelet (pkg/kubelet/kubelet_pods.go)',
    means: 'config/configmap-key-missing',
    example: "couldn't find key LOG_LEVEL in ConfigMap default/todo-config",
  },
  {
    says: /secrets? "(?<object>[^"]{1,253})" not found/i,
    by: 'kubelet',
    means: 'config/secret-missing',
    example: 'secret "todo-secret" not found',
  },
  {
    says: /configmaps? "(?<object>[^"]{1,253})" not found/i,
    by: 'kubelet',
    means: 'config/configmap-missing',
    example: 'MountVolume.SetUp failed for volume "config" : configmap "todo-config" not found',
  },
  {
    says: /runAsNonRoot and image (?:will run as root|has non-numeric user)|runAsNonRoot and .{0,80}(?:runAsUser|root)|runAsUser breaks non-root policy/i,
    by: 'kubelet (pkg/kubelet/kuberuntime/security_context.go)',
    means: 'config/runs-as-root',
    example: 'container has runAsNonRoot and image will run as root (pod: "x", container: todo-backend)',
  },
  {
    says: /exec format error/i,
    by: 'runc, crun',
    means: 'image/wrong-architecture',
    example: 'failed to create shim task: exec /app/start: exec format error',
  },
  {
    // A helper of the node's own that is missing is no command of the container's.
    says: /^(?![^]{0,2000}(?:apparmor_parser|\bhooks? #?\d|running \S{0,20} ?hook|nvidia-container|newuidmap))[^]{0,2000}?(?:\bexec: |executable file (?:`[^`]{1,200}` )?not found|open executable: )/,
    by: 'runc, crun',
    means: 'crash/command-not-found',
    example:
      'failed to create containerd task: runc create failed: exec: "uvicorn": executable file not found in $PATH',
  },
];
