/** What the API server leaves as it is and nobody can change in a pod that runs: a webhook or a policy set it. */
import { containerName } from '../../contract/target.js';
import type { Container, Deployment, Pod, PodSpec } from '../../evidence/objects.js';
import type { HostAlias } from '../../evidence/pod-parts.js';
import { podRef } from '../../rule/object-ref.js';
import type { CheckContext, Finding } from '../check.js';

/** What may be meant. */
export type Oddity = 'admission' | 'debugged';

interface SetByAdmission {
  /** JSON path below `spec`. */
  field: string;
  expected: string;
  found: string;
}

type Settings = Record<string, string>;

export function admissionFindings(
  deployment: Deployment,
  pod: Pod,
  context: CheckContext,
): Finding<'admission'>[] {
  const { name } = pod.metadata;
  return setByAdmission(deployment, pod, containerName(context)).map(({ field, expected, found }) => ({
    messageId: 'admission',
    data: { pod: name, expected, found, field: `spec.${field}` },
    object: podRef(context.target, name),
  }));
}

/** Of `kubectl debug`: one that has ended stays in the status for as long as the pod lives, and does nothing any more. */
export function debuggerFindings({ metadata, status }: Pod, { target }: CheckContext): Finding<'debugged'>[] {
  return (status?.ephemeralContainerStatuses ?? []).flatMap(({ name, image, state }, at) => {
    if (!state?.running) return [];
    const field = `status.ephemeralContainerStatuses[${at}].state.running`;
    const data = { pod: metadata.name, container: name, expected: 'none', found: image ?? '', field };
    return [{ messageId: 'debugged' as const, data, object: podRef(target, metadata.name) }];
  });
}

/**
 * Where the pod departs from its template. What admission does on every cluster, and what injectors add, is none of these:
 * containers, volumes, mounts, variables, names to search, tolerations, priorities, the defaults of what the template leaves open.
 * @param backend the name of the backend's container, whose image has a check of its own
 */
function setByAdmission(
  { spec: { template } }: Deployment,
  { spec }: Pod,
  backend: string,
): SetByAdmission[] {
  const departures = departuresOf(settingsOf(template.spec), settingsOf(spec));
  for (const group of ['initContainers', 'containers'] as const)
    for (const wanted of template.spec[group] ?? []) {
      const at = spec[group]?.findIndex(({ name }) => name === wanted.name) ?? -1;
      const own = spec[group]?.[at];
      if (own === undefined) {
        // An init container that injectors let stay may have become one of the others, and the other way round.
        if (!hasContainer(spec, wanted.name))
          departures.push({ field: group, expected: `a container ${wanted.name}`, found: 'none' });
        continue;
      }
      const inside = [
        ...departuresOf(
          containerSettings(wanted, wanted.name !== backend),
          containerSettings(own, own.name !== backend),
        ),
        ...commandOf(wanted, own),
      ];
      departures.push(...inside.map((each) => ({ ...each, field: `${group}[${at}].${each.field}` })));
    }
  return departures;
}

function departuresOf(wanted: Settings, own: Settings): SetByAdmission[] {
  return Object.entries(wanted).flatMap(([field, expected]) => {
    const found = own[field] ?? 'not set';
    return found === expected ? [] : [{ field, expected, found }];
  });
}

function hasContainer({ containers, initContainers = [] }: PodSpec, name: string): boolean {
  return [...containers, ...initContainers].some((each) => each.name === name);
}

/** With the defaults that a pod gets: an account is filled in where the template names none. */
function settingsOf(spec: PodSpec): Settings {
  const { serviceAccountName = '', dnsPolicy = 'ClusterFirst', dnsConfig, hostAliases = [] } = spec;
  return {
    hostNetwork: String(spec.hostNetwork ?? false),
    hostPID: String(spec.hostPID ?? false),
    shareProcessNamespace: String(spec.shareProcessNamespace ?? false),
    serviceAccountName: serviceAccountName === '' ? 'default' : serviceAccountName,
    dnsPolicy,
    'dnsConfig.nameservers': listed(dnsConfig?.nameservers ?? []),
    hostAliases: listed(hostAliases.map(aliasInWords)),
    ...Object.fromEntries(
      (spec.volumes ?? []).map((volume) => [`volumes[name='${volume.name}']`, sourceOf(volume)]),
    ),
  };
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}

function aliasInWords({ ip, hostnames = [] }: HostAlias): string {
  return [ip, ...hostnames].join(' ');
}

/** Where the files of a volume come from: of what is no ConfigMap and no Secret, only that it is there. */
function sourceOf({ secret, configMap, projected }: NonNullable<PodSpec['volumes']>[number]): string {
  if (secret) return `Secret ${secret.secretName ?? ''}`;
  if (configMap) return `ConfigMap ${configMap.name ?? ''}`;
  const sources = (projected?.sources ?? []).flatMap((source) => [
    ...(source.secret ? [`Secret ${source.secret.name ?? ''}`] : []),
    ...(source.configMap ? [`ConfigMap ${source.configMap.name ?? ''}`] : []),
  ]);
  return sources.join(', ') || 'a volume';
}

function containerSettings(
  { image, workingDir = '', volumeMounts = [] }: Container,
  withImage: boolean,
): Settings {
  return {
    ...(withImage && { image: image ?? '' }),
    workingDir: workingDir === '' ? 'the image’s own' : workingDir,
    ...Object.fromEntries(
      volumeMounts.map(({ name, mountPath }) => [`volumeMounts[mountPath='${mountPath}']`, `volume ${name}`]),
    ),
  };
}

/** Another command. One that ends in the template's own starts it: so do injectors of secrets and of debuggers. */
function commandOf(wanted: Container, own: Container): SetByAdmission[] {
  const [expected, found] = [argvOf(wanted), argvOf(own)];
  const isStarted = expected.every((word, at) => found.at(at - expected.length) === word);
  if (isStarted && (expected.length > 0 || found.length === 0)) return [];
  const inWords = (argv: readonly string[]) => argv.join(' ') || 'the image’s own';
  return [{ field: 'command, args', expected: inWords(expected), found: inWords(found) }];
}

function argvOf({ command = [], args = [] }: Container): string[] {
  return [...command, ...args];
}
