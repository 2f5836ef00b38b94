/** What only the inside of a container tells: killed processes, and the pool's size. */
import { podRef } from '../../checks/shared.js';
import { ofPod } from '../../computed/of-pod.js';
import type { Pod } from '../../evidence/objects.js';
import { resourcesArguments, setEnvArguments, setValues } from '../fixes.js';
import { backendOf } from '../look.js';
import { field, observed } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';
import { memoryOf, recommended, type MemoryLook } from './amounts.js';

/** The kernel killed a process of the container for memory, and the container went on. */
export function childKill(pod: Pod, look: MemoryLook): CauseFinding | undefined {
  const { context } = look;
  const { name } = pod.metadata;
  const cgroups = look.maybe('cgroup');
  const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : undefined;
  const kills = cgroup?.ok ? (cgroup.value.memory.oomKills ?? 0) : 0;
  if (kills === 0 || !cgroup?.ok) return undefined;
  const object = podRef(context.target, name);
  const { limit = 0, limitText = 'none', peak = 0 } = memoryOf(pod, look);
  const value = recommended(Math.max(limit, peak));
  return {
    cause: 'memory/child-killed',
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: at the memory limit of ${limitText} the kernel killed ${kills === 1 ? 'a process' : `${kills} processes`} of the container, not its main one, so that Kubernetes shows neither OOMKilled nor a restart.`,
    evidence: [
      observed(
        'cgroup memory.events',
        object,
        `oom_kill ${kills}, limit reached ${cgroup.value.memory.limitHits ?? '?'} times`,
        cgroup.at,
      ),
      field(object, 'spec.containers[].resources.limits.memory', limitText),
    ],
    fix: [
      setValues(
        context,
        `Raise the limit to ${value}, or run fewer workers.`,
        [`backend.resources.limits.memory=${value}`],
        resourcesArguments(context, 'limits', 'memory', value),
      ),
    ],
  };
}

/** How applications call the size of their connection pool. */
const POOL_SIZE = /^(?:[A-Z]+_)?(?:DB_|DATABASE_|SQLALCHEMY_)?POOL_SIZE$/;

/** A pool larger than the contract's, in a container whose memory is short. */
export function poolTooLarge(pod: Pod, look: Look<'configMap'>): CauseFinding | undefined {
  const { context } = look;
  const configMap = look.maybe('configMap');
  const literals = (backendOf(pod, context)?.env ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [{ name, value, from: 'pod' as const }],
  );
  const imported = Object.entries((configMap.ok ? configMap.value?.data : undefined) ?? {}).map(
    ([name, value]) => ({
      name,
      value,
      from: 'configMap' as const,
    }),
  );
  const planned = context.contract.database.poolSize;
  const found = [...literals, ...imported].find(
    ({ name, value }) => POOL_SIZE.test(name) && Number(value) > planned,
  );
  if (!found) return undefined;
  const { name } = pod.metadata;
  const object =
    found.from === 'pod'
      ? podRef(context.target, name)
      : { kind: 'ConfigMap', namespace: context.target.namespace, name: context.target.names.configMap };
  return {
    cause: 'memory/pool-too-large',
    verdict: 'likely',
    object,
    pods: [name],
    summary: `{pods}: ${found.name} is ${found.value}, where ${planned} connections were planned for each pod, and memory is short.`,
    evidence: [
      field(
        object,
        found.from === 'pod' ? `spec.containers[].env[${found.name}]` : `data.${found.name}`,
        found.value,
      ),
    ],
    fix: [
      setValues(
        context,
        `Set it back to ${planned}.`,
        [`backend.env.${found.name}=${planned}`],
        setEnvArguments(context, `${found.name}=${planned}`),
      ),
    ],
    wouldConfirm: 'memory use that falls with a smaller pool',
  };
}
