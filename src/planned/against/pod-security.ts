/**
 * The Pod Security Standards, as far as their controls are about fields of a pod
 * (kubernetes.io/docs/concepts/security/pod-security-standards). Pure; over the pod's spec as it was written.
 */
import { isMapping } from '../../contract/paths.js';

export interface SecurityProblem {
  message: string;
  /** Below the pod's spec, with a dot or a bracket before it. */
  field: string;
}

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const RESTRICTED_VOLUMES = new Set([
  'name',
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image',
]);

type Fields = Record<string, unknown>;

export function securityProblems(spec: Fields, level: 'baseline' | 'restricted'): SecurityProblem[] {
  const problems: SecurityProblem[] = [];
  const add = (message: string, field: string) => problems.push({ message, field });
  const pod = fields(spec.securityContext);
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[key] === true) add(`${key} is not allowed`, `.${key}`);
  for (const [index, volume] of items(spec.volumes).entries()) {
    const at = `.volumes[${index}]`;
    if ('hostPath' in volume) add('volumes of type hostPath are not allowed', at);
    else if (level === 'restricted')
      for (const type of Object.keys(volume))
        if (!RESTRICTED_VOLUMES.has(type)) add(`volumes of type ${type} are not allowed`, at);
  }
  if (fields(pod.seccompProfile).type === 'Unconfined')
    add('seccompProfile Unconfined is not allowed', '.securityContext.seccompProfile');
  for (const list of ['containers', 'initContainers'])
    for (const [index, container] of items(spec[list]).entries())
      judgeContainer(container, pod, level, `.${list}[${index}]`, add);
  return problems;
}

function judgeContainer(
  container: Fields,
  pod: Fields,
  level: 'baseline' | 'restricted',
  at: string,
  add: (message: string, field: string) => void,
): void {
  const name = String(container.name);
  const own = fields(container.securityContext);
  const field = `${at}.securityContext`;
  const capabilities = fields(own.capabilities);
  const added = texts(capabilities.add);
  if (own.privileged === true) add(`container ${name} is privileged`, `${field}.privileged`);
  for (const [index, port] of items(container.ports).entries())
    if (typeof port.hostPort === 'number' && port.hostPort !== 0)
      add(`container ${name} asks for a port of the node`, `${at}.ports[${index}].hostPort`);
  const type = fields(own.seccompProfile).type ?? fields(pod.seccompProfile).type;
  if (type === 'Unconfined') add('seccompProfile Unconfined is not allowed', `${field}.seccompProfile`);
  const allowed = (each: string) =>
    level === 'restricted' ? each === 'NET_BIND_SERVICE' : BASELINE_CAPABILITIES.has(each);
  for (const each of added)
    if (!allowed(each)) add(`container ${name} adds the capability ${each}`, `${field}.capabilities.add`);
  if (level === 'baseline') return;
  if (own.allowPrivilegeEscalation !== false)
    add(`container ${name} must set allowPrivilegeEscalation to false`, `${field}.allowPrivilegeEscalation`);
  if (!texts(capabilities.drop).includes('ALL'))
    add(`container ${name} must drop the capabilities ALL`, `${field}.capabilities.drop`);
  if ((own.runAsNonRoot ?? pod.runAsNonRoot) !== true)
    add(`container ${name} must set runAsNonRoot to true`, `${field}.runAsNonRoot`);
  if ((own.runAsUser ?? pod.runAsUser) === 0)
    add(`container ${name} must not run as user 0`, `${field}.runAsUser`);
  if (type !== 'RuntimeDefault' && type !== 'Localhost')
    add(
      `container ${name} must have a seccompProfile RuntimeDefault or Localhost`,
      `${field}.seccompProfile`,
    );
}

function fields(value: unknown): Fields {
  return isMapping(value) ? value : {};
}

function items(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
