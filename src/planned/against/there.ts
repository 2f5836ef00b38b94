/** Reads of a cluster what decides whether a plan would work in it. Read-only; each part by itself. */
import { autoscalerShape, deploymentShape, serviceShape } from '../../evidence/border/object-shapes.js';
import { labels, metaShape } from '../../evidence/border/pod-shape.js';
import { understand } from '../../evidence/border/read.js';
import { list, map, name, need, object, quantity, text, type Shape } from '../../evidence/border/shape.js';
import type { EvidenceReader, Observed } from '../../evidence/evidence.js';
import { KubernetesError, type KubernetesClient } from '../../evidence/kubernetes/client.js';
import { now, unread } from '../../evidence/observed.js';
import type { ObjectMeta } from '../../evidence/objects.js';
import { fillDeployment } from '../../kube/defaults.js';
import { COMPARED_KINDS, referredTo } from './names.js';
import type { Existing, Limits, Planned, Quota, Scaler, There } from './rule.js';

const PATHS: Record<string, { api: string; resource: string }> = {
  Deployment: { api: '/apis/apps/v1', resource: 'deployments' },
  Service: { api: '/api/v1', resource: 'services' },
  ConfigMap: { api: '/api/v1', resource: 'configmaps' },
  Secret: { api: '/api/v1', resource: 'secrets' },
  HorizontalPodAutoscaler: { api: '/apis/autoscaling/v2', resource: 'horizontalpodautoscalers' },
};

const namespaceShape = object<{ metadata: { labels?: Record<string, string> }; status?: { phase?: string } }>(
  {
    metadata: need(object<{ labels?: Record<string, string> }>({ labels })),
    status: object<{ phase?: string }>({ phase: text }),
  },
);
const identityShape = object<{ metadata: ObjectMeta }>({ metadata: need(metaShape) });
const keysShape = object<{ data?: Record<string, string>; binaryData?: Record<string, string> }>({
  data: map(text),
  binaryData: map(text),
});
const amounts = map(quantity);
const quotaShape = object<{
  metadata: { name: string };
  spec?: { scopes?: string[]; scopeSelector?: object };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}>({
  metadata: need(object<{ name: string }>({ name: need(name) })),
  spec: object<{ scopes?: string[]; scopeSelector?: object }>({
    scopes: list(text),
    scopeSelector: object<object>({}),
  }),
  status: object<{ hard?: Record<string, string>; used?: Record<string, string> }>({
    hard: amounts,
    used: amounts,
  }),
});
const limitsShape = object<{ metadata: { name: string }; spec?: { limits?: Limits['limits'] } }>({
  metadata: need(object<{ name: string }>({ name: need(name) })),
  spec: object<{ limits?: Limits['limits'] }>({
    limits: list(
      object<Limits['limits'][number]>({
        type: text,
        max: amounts,
        min: amounts,
        default: amounts,
        defaultRequest: amounts,
      }),
    ),
  }),
});
const metricsShape = object<{
  spec?: { metrics?: { resource?: { name?: string; target?: { type?: string } } }[] };
}>({
  spec: object<{ metrics?: { resource?: { name?: string; target?: { type?: string } } }[] }>({
    metrics: list(
      object<{ resource?: { name?: string; target?: { type?: string } } }>({
        resource: object<{ name?: string; target?: { type?: string } }>({
          name: text,
          target: object<{ type?: string }>({ type: text }),
        }),
      }),
    ),
  }),
});

/** @param reader of the same cluster, for the facts that there are already */
export async function readThere(
  client: KubernetesClient,
  reader: EvidenceReader,
  planned: Planned,
  signal: AbortSignal,
): Promise<There> {
  const { namespace } = planned;
  const at = (api: string, resource: string) =>
    `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
  const look = async <T>(read: () => Promise<T>): Promise<Observed<T>> => {
    try {
      return { ok: true, at: now(), value: await read() };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubernetesError)) throw error;
      return { ...unread(error.why, error.message), ...(error.access && { access: error.access }) };
    }
  };
  const get = async <T>(path: string, shape: Shape<T>): Promise<T | undefined> => {
    const found = await client.get(path, signal);
    return found === undefined ? undefined : understand(found, shape).value;
  };
  const all = <T>(path: string, shape: Shape<T>, metadataOnly = false): Promise<T[]> =>
    client.list<T>(path, signal, { metadataOnly, pick: (item) => understand(item, shape).value });

  const kinds = COMPARED_KINDS.filter((kind) => planned.objects.some((each) => each.kind === kind));
  const existing = async (): Promise<Existing[]> => {
    const lists = await Promise.all(
      kinds.map(async (kind) => {
        const { api, resource } = PATHS[kind] ?? { api: '', resource: '' };
        const found = await all(at(api, resource), identityShape, true);
        return found.map(({ metadata }) => ({
          kind,
          name: metadata.name,
          annotations: metadata.annotations ?? {},
        }));
      }),
    );
    return lists.flat();
  };
  const services = async () =>
    (await all('/api/v1/services', serviceShape)).map(({ metadata, spec }) => ({
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      nodePorts: (spec.ports ?? []).flatMap(({ nodePort }) =>
        nodePort === undefined || nodePort === 0 ? [] : [nodePort],
      ),
    }));
  const account = planned.deployment.spec.template.spec.serviceAccountName ?? 'default';
  const keys = await Promise.all(
    referredTo(planned).map(async ({ kind, name: called }) => {
      const { api, resource } = PATHS[kind] ?? { api: '', resource: '' };
      const found = await look(async () => {
        const data = await get(`${at(api, resource)}/${encodeURIComponent(called)}`, keysShape);
        return data && [...Object.keys(data.data ?? {}), ...Object.keys(data.binaryData ?? {})];
      });
      return [`${kind}/${called}`, found] as const;
    }),
  );
  const [space, ports, own, deployment, quotas, limits, room, nodes, scalers, hasAccount] = await Promise.all(
    [
      look(async () => {
        const found = await get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`, namespaceShape);
        return found && { phase: found.status?.phase ?? 'Active', labels: found.metadata.labels ?? {} };
      }),
      look(services),
      look(existing),
      look(async () => {
        const path = `${at('/apis/apps/v1', 'deployments')}/${encodeURIComponent(planned.deployment.metadata.name)}`;
        // As it is, literals included: what is compared is not shown.
        const found = await get(path, deploymentShape);
        if (found !== undefined) fillDeployment(found);
        return found;
      }),
      look(async () => (await all(at('/api/v1', 'resourcequotas'), quotaShape)).map(quotaOf)),
      look(async () =>
        (await all(at('/api/v1', 'limitranges'), limitsShape)).map(({ metadata, spec }) => ({
          name: metadata.name,
          limits: spec?.limits ?? [],
        })),
      ),
      reader.read('nodeRoom', signal),
      reader.read('nodes', signal),
      look(async () => {
        const pairs = await client.list(at('/apis/autoscaling/v2', 'horizontalpodautoscalers'), signal, {
          pick: (item) => scalerOf(item),
        });
        return pairs;
      }),
      look(
        async () =>
          (await get(`${at('/api/v1', 'serviceaccounts')}/${encodeURIComponent(account)}`, identityShape)) !==
          undefined,
      ),
    ],
  );
  return {
    ...{ namespace: space, services: ports, existing: own, deployment, quotas, limits, room, nodes, scalers },
    account: hasAccount,
    keys: new Map(keys),
  };
}

function quotaOf({ metadata, spec, status }: NonNullable<ReturnType<typeof quotaShape.read>>): Quota {
  return {
    name: metadata.name,
    hard: status?.hard ?? {},
    used: status?.used ?? {},
    isScoped: (spec?.scopes ?? []).length > 0 || spec?.scopeSelector !== undefined,
  };
}

function scalerOf(item: unknown): Scaler | undefined {
  const found = understand(item, autoscalerShape).value;
  if (found === undefined) return undefined;
  const metrics = understand(item, metricsShape).value?.spec?.metrics ?? [];
  return {
    name: found.metadata.name,
    target: found.spec.scaleTargetRef.name,
    minReplicas: found.spec.minReplicas ?? 1,
    maxReplicas: found.spec.maxReplicas,
    byCpu: metrics.some(
      ({ resource }) => resource?.name === 'cpu' && resource.target?.type === 'Utilization',
    ),
  };
}

/** What a bundle holds of it: facts about one application, and nothing of what else the cluster has. */
export async function thereInBundle(reader: EvidenceReader, signal: AbortSignal): Promise<There> {
  const missing = unread(
    'not-collected',
    'a bundle holds the application’s own objects alone; --against live asks',
  );
  const [deployment, room, nodes, secret, configMap] = await Promise.all([
    reader.read('deployment', signal),
    reader.read('nodeRoom', signal),
    reader.read('nodes', signal),
    reader.read('secret', signal),
    reader.read('configMap', signal),
  ]);
  const keys = new Map<string, Observed<readonly string[] | undefined>>();
  if (secret.ok && secret.value)
    keys.set(`Secret/${secret.value.name}`, { ...secret, value: secret.value.keys.map(({ key }) => key) });
  if (configMap.ok && configMap.value)
    keys.set(`ConfigMap/${configMap.value.name}`, { ...configMap, value: Object.keys(configMap.value.data) });
  return {
    ...{
      namespace: missing,
      services: missing,
      existing: missing,
      quotas: missing,
      limits: missing,
      scalers: missing,
    },
    ...{ deployment, room, nodes, keys },
    account: { ok: true, at: now(), value: true },
  };
}
