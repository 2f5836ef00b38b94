/**
 * The objects that would be applied, under the paths of the API: what reads a cluster reads them, too, and judges by the
 * same rules. What is not among them and only a cluster has is not collected, which is no answer.
 */
import { KubernetesError, type KubernetesClient, type ListOptions } from '../evidence/kubernetes/client.js';
import type { Deployment, PodSpec } from '../evidence/objects.js';
import { referredObjects } from '../kube/effective-environment.js';
import type { ApiObject, PlannedObject } from './objects.js';

const KINDS: Record<string, string> = {
  '/api/v1/services': 'Service',
  '/api/v1/configmaps': 'ConfigMap',
  '/api/v1/secrets': 'Secret',
  '/apis/apps/v1/deployments': 'Deployment',
  '/apis/networking.k8s.io/v1/networkpolicies': 'NetworkPolicy',
  '/apis/autoscaling/v2/horizontalpodautoscalers': 'HorizontalPodAutoscaler',
};

const PATH =
  /^(?<root>\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[a-z]+)(?:\/(?<name>[^/]+))?$/;

/** Says that an object is not among those that are planned, and may be in the cluster all the same. */
const NOT_PLANNED = 'only the cluster shows whether it is there';

export class PlannedClient implements KubernetesClient {
  readonly server = '';
  readonly insecureSkipTlsVerify = false;
  readonly #objects: readonly ApiObject[];

  /**
   * @param context what stands where a cluster's name does
   * @param namespace of objects that name none
   */
  constructor(
    planned: readonly PlannedObject[],
    readonly context: string,
    readonly namespace: string,
    /** The cluster that it is applied to: it may have what is not among the manifests. */
    private readonly site?: KubernetesClient,
  ) {
    this.#objects = planned.map(({ object, namespace: own }) => ({
      ...object,
      metadata: { ...object.metadata, namespace: own ?? namespace },
    }));
  }

  get(path: string, signal: AbortSignal): Promise<unknown> {
    return Promise.resolve().then(() => {
      const { kind, namespace, name } = parse(path);
      if (name === undefined) throw notCollected(path);
      const found = this.#objects.find(
        (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
      );
      if (found !== undefined || !this.#isReferredTo(kind, namespace, name)) return found;
      if (this.site === undefined)
        throw new KubernetesError(
          'not-collected',
          `${kind} ${name} is not among the manifests: ${NOT_PLANNED}`,
        );
      return this.site.get(path, signal);
    });
  }

  list<T>(path: string, _signal: AbortSignal, options: ListOptions<T>): Promise<T[]> {
    return Promise.resolve().then(() => {
      const { kind, namespace, name } = parse(path);
      if (name !== undefined) throw notCollected(path);
      const wanted = (options.labelSelector ?? '').split(',').filter((part) => part !== '');
      return this.#objects
        .filter(
          ({ kind: own, metadata }) =>
            own === kind &&
            (namespace === undefined || metadata.namespace === namespace) &&
            wanted.every((pair) => {
              const [key = '', value] = pair.split('=');
              return metadata.labels?.[key] === value;
            }),
        )
        .flatMap((each) => options.pick(each) ?? []);
    });
  }

  /** A pod template names it, so that it is expected to be there, from wherever it comes. */
  #isReferredTo(kind: string, namespace: string | undefined, name: string): boolean {
    return this.#objects.some((each) => {
      if (each.kind !== 'Deployment' || each.metadata.namespace !== namespace) return false;
      const { containers, initContainers = [], volumes = [] } = podSpecOf(each);
      const named = [...containers, ...initContainers].flatMap((container) => referredObjects(container));
      if (named.some((other) => other.kind === kind && other.name === name)) return true;
      return volumes.some(
        (volume) =>
          (kind === 'Secret' && volume.secret?.secretName === name) ||
          (kind === 'ConfigMap' && volume.configMap?.name === name),
      );
    });
  }

  review = this.#nothing.bind(this, 'reviews permissions');
  logs = this.#nothing.bind(this, 'has logs');
  proxy = this.#nothing.bind(this, 'answers');
  exec = this.#nothing.bind(this, 'runs pods');
  portForward = this.#nothing.bind(this, 'runs pods');

  #nothing(what: string): Promise<never> {
    return Promise.reject(new KubernetesError('not-collected', `only a cluster ${what}`));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function podSpecOf(object: ApiObject): PodSpec {
  return (object as unknown as Deployment).spec.template.spec;
}

function parse(path: string): { kind: string; namespace: string | undefined; name: string | undefined } {
  const { root = '', namespace, resource = '', name } = PATH.exec(path)?.groups ?? {};
  const kind = KINDS[`${root}/${resource}`];
  if (kind === undefined) throw notCollected(path);
  const decoded = (part: string | undefined) => (part === undefined ? undefined : decodeURIComponent(part));
  return { kind, namespace: decoded(namespace), name: decoded(name) };
}

function notCollected(path: string): KubernetesError {
  return new KubernetesError('not-collected', `only a cluster has ${path}`);
}
