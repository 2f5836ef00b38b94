/** A KubernetesClient that serves canned API objects and counts what it is asked. */
import {
  KubernetesError,
  type ExecResult,
  type KubernetesClient,
  type ListOptions,
  type RawResponse,
} from '../../src/evidence/kubernetes/client.js';

type Pod = Parameters<KubernetesClient['logs']>[0];
type LogOptions = Parameters<KubernetesClient['logs']>[1];

export interface FakeApi {
  /** By path: the object of a GET, or the items of a list; an error is thrown. */
  objects: Record<string, unknown>;
  review?: (path: string, body: { spec: Record<string, unknown> }) => unknown;
  logs?: (pod: Pod, options: LogOptions) => string;
  exec?: (pod: Pod, argv: readonly string[], stdin: string | undefined) => ExecResult | Promise<ExecResult>;
  proxy?: (path: string) => RawResponse;
  portForward?: (pod: { name: string }, port: number) => { localPort: number; close(): Promise<void> };
}

export interface FakeClient extends KubernetesClient {
  /** `get <path>`, `list <path>?<labelSelector>`, `logs <pod>`, … in order. */
  readonly calls: string[];
}

export function forbidden(verb: string, resource: string, group = ''): KubernetesError {
  return new KubernetesError('forbidden', `${resource} is forbidden: cannot ${verb}`, 403, {
    verb,
    group,
    resource,
  });
}

export function fakeClient(api: FakeApi): FakeClient {
  const calls: string[] = [];
  const serve = (path: string): unknown => {
    const found = api.objects[path];
    if (found instanceof Error) throw found;
    return structuredClone(found);
  };
  const missing = (what: string): never => {
    throw new KubernetesError('unsupported', `the fake client has no ${what}`);
  };
  return {
    calls,
    server: 'https://127.0.0.1:6443',
    context: 'minikube',
    namespace: 'default',
    insecureSkipTlsVerify: false,
    get(path: string) {
      calls.push(`get ${path}`);
      return Promise.resolve().then(() => serve(path));
    },
    list<T>(path: string, _signal: AbortSignal, options: ListOptions<T>) {
      calls.push(`list ${path}${options.labelSelector ? `?${options.labelSelector}` : ''}`);
      return Promise.resolve().then(() => {
        const items = (serve(path) ?? []) as unknown[];
        return items.map(options.pick).filter((item) => item !== undefined);
      });
    },
    review(path: string, body: object) {
      calls.push(`review ${path}`);
      return Promise.resolve().then(() =>
        (api.review ?? (() => missing('review')))(path, body as { spec: Record<string, unknown> }),
      );
    },
    logs(pod, options) {
      calls.push(`logs ${pod.name}`);
      return Promise.resolve().then(() => {
        const all = (api.logs ?? (() => missing('logs')))(pod, options);
        // As the kubelet: the last lines first, then cut at the byte.
        const lines = all.split('\n');
        const from = options.tailLines === undefined ? 0 : Math.max(0, lines.length - 1 - options.tailLines);
        const text = lines.slice(from).join('\n');
        const bytes = Buffer.from(text);
        return {
          text: bytes.subarray(0, options.limitBytes).toString(),
          truncated: bytes.length > options.limitBytes,
        };
      });
    },
    proxy(path) {
      calls.push(`proxy ${path}`);
      return Promise.resolve().then(() => (api.proxy ?? (() => missing('proxy')))(path));
    },
    exec(pod, argv, { stdin }) {
      calls.push(`exec ${pod.name} ${argv[0] ?? ''}`);
      return Promise.resolve().then(() => (api.exec ?? (() => missing('exec')))(pod, argv, stdin));
    },
    portForward(pod, port) {
      calls.push(`portForward ${pod.name} ${port}`);
      return Promise.resolve().then(() => (api.portForward ?? (() => missing('portForward')))(pod, port));
    },
    close: () => Promise.resolve(),
  };
}

const CORE = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';

/** Paths under which the backend's objects stand in `FakeApi.objects`. */
export const PATHS = {
  version: '/version',
  nodes: '/api/v1/nodes',
  deployment: `${APPS}/deployments/todo-chatbot-backend`,
  deployments: `${APPS}/deployments`,
  replicaSets: `${APPS}/replicasets`,
  pods: `${CORE}/pods`,
  service: `${CORE}/services/todo-chatbot-backend`,
  services: `${CORE}/services`,
  configMap: `${CORE}/configmaps/todo-chatbot-backend-config`,
  configMaps: `${CORE}/configmaps`,
  secret: `${CORE}/secrets/todo-chatbot-backend-secret`,
  secrets: `${CORE}/secrets`,
  events: `${CORE}/events`,
  endpointSlices: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
  endpoints: `${CORE}/endpoints/todo-chatbot-backend`,
  networkPolicies: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
} as const;

export const DATABASE_URL =
  'postgresql://todo_app:Pg-Canary-77-xyzzy@ep-cool-1.neon.tech:5432/todos?sslmode=require';
export const AUTH_SECRET = 'auth-canary-0123456789-abcdefghijklmnop';

/** An API Secret with these decoded values. */
export function apiSecret(name: string, values: Record<string, string>) {
  return {
    metadata: {
      name,
      labels: {},
      managedFields: [
        { manager: 'helm', time: '2026-02-09T13:57:00Z', fieldsV1: { 'f:data': {} } },
        { manager: 'kubectl', time: '2026-02-09T14:01:00Z', fieldsV1: { 'f:metadata': {} } },
      ],
    },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  };
}
