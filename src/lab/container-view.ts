/** What a process sees from inside a pod of the lab: its environment, the network's names, the database. */
import type { EnvVar, Service } from '../evidence/objects.js';
import { parseQuantity } from '../kube/quantity.js';
import type { Store } from './api/store.js';
import type { Api, ConfigMap, LabDatabase, LabPod, Secret, World } from './world.js';

/** A lookup: addresses, or the resolver's words. */
export type Lookup = { addresses: string[] } | { error: string };

export type Connection = { answers: 'tls' | 'no-tls' | 'plain' } | { error: string; simulatedMs?: number };

/** A connect that nobody answers ends after this time; the lab says so without letting it pass. */
const CONNECT_TIMEOUT_MS = 4000;

export class ContainerView {
  constructor(
    readonly pod: LabPod,
    private readonly world: World,
    private readonly store: Store,
  ) {}

  get namespace(): string {
    return this.pod.object.metadata.namespace ?? 'default';
  }

  /** Environment of the container's processes, in the order in which the kubelet sets it. */
  environment(): Record<string, string> {
    const [container] = this.pod.object.spec.containers;
    const sources = (container?.envFrom ?? []).flatMap(({ configMapRef, secretRef, prefix = '' }) => {
      const values = configMapRef ? this.#configMap(configMapRef.name) : this.#secret(secretRef?.name);
      return Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value] as const);
    });
    return {
      PATH: '/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOSTNAME: this.pod.object.metadata.name,
      ...Object.fromEntries(sources),
      ...this.pod.startedWith,
      ...Object.fromEntries((container?.env ?? []).map((entry) => [entry.name, this.#value(entry)])),
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      HOME: this.pod.uid === 0 ? '/root' : '/home/appuser',
    };
  }

  /** getaddrinfo(). */
  lookup(name: string): Lookup {
    if (/^[\d.]+$/.test(name)) return { addresses: [name] };
    if (name === 'localhost') return { addresses: ['127.0.0.1'] };
    if (name === this.pod.object.metadata.name) return { addresses: [this.pod.object.status?.podIP ?? ''] };
    if (this.world.network.dns === 'down') return { error: 'Temporary failure in name resolution' };
    const address = this.#service(name)?.spec.clusterIP ?? this.world.network.hosts[name]?.address;
    return address === undefined ? { error: 'Name or service not known' } : { addresses: [address] };
  }

  /** connect() to a name and port. The lookup must have succeeded. */
  connect(name: string, port: number): Connection {
    const host = this.world.network.hosts[name];
    if (host?.port === port) {
      if (host.answers === 'tls' || host.answers === 'no-tls') return { answers: host.answers };
      if (host.answers === 'refused') return { error: 'refused: Connection refused' };
    }
    const service = this.#service(name);
    const isOwn = ['localhost', '127.0.0.1', this.pod.object.status?.podIP].includes(name);
    if (service?.spec.ports?.some((one) => one.port === port) || (isOwn && this.pod.app.port === port)) {
      return { answers: 'plain' };
    }
    if (isOwn || service) return { error: 'refused: Connection refused' };
    return { error: 'timeout: timed out', simulatedMs: CONNECT_TIMEOUT_MS };
  }

  /** The database server on a host outside of the cluster. */
  database(name: string): LabDatabase | undefined {
    return this.world.network.hosts[name]?.database;
  }

  /** The files that can be read, by path. */
  files(): Record<string, string> {
    const { name } = this.pod.object.metadata;
    const address = this.pod.object.status?.podIP ?? '';
    return {
      '/proc/1/status': `Name:\tuvicorn\nState:\tS (sleeping)\nUid:${`\t${this.pod.uid}`.repeat(4)}\n`,
      '/etc/hostname': `${name}\n`,
      '/etc/hosts': `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${address}\t${name}\n`,
      '/etc/resolv.conf': `search ${this.namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`,
      '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nappuser:x:1001:1001::/home/appuser:/bin/sh\n',
      '/app/app/main.py': '"""The HTTP side: health, documentation and the tasks behind a token."""\n',
      '/app/requirements.txt': 'fastapi\nuvicorn\nsqlalchemy\npsycopg\n',
      ...Object.fromEntries(
        Object.entries(this.controlGroup()).map(([file, content]) => [`/sys/fs/cgroup/${file}`, content]),
      ),
    };
  }

  /** The files of the container's control group (version 2). */
  controlGroup(): Record<string, string> {
    const { usage, kernel, object } = this.pod;
    const limit =
      Number(parseQuantity(object.spec.containers[0]?.resources?.limits?.memory ?? '') ?? 0n) / 1e9;
    return {
      'cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma\n',
      'memory.max': `${limit === 0 ? 'max' : limit}\n`,
      'memory.current': `${usage.memoryKi * 1024}\n`,
      'memory.peak': `${Math.max(kernel.peakKi, usage.memoryKi) * 1024}\n`,
      'memory.events': `low 0\nhigh 0\nmax ${kernel.limitHits}\noom ${kernel.oomKills}\noom_kill ${kernel.oomKills}\n`,
      'cpu.stat':
        `usage_usec 4120000\nnr_periods ${kernel.periods}\nnr_throttled ${kernel.throttledPeriods}\n` +
        `throttled_usec ${kernel.throttledMicros}\n`,
    };
  }

  #service(name: string): Api<Service> | undefined {
    const [short, namespace = this.namespace, ...rest] = name.replace(/\.$/, '').split('.');
    if (!['', 'svc', 'svc.cluster.local'].includes(rest.join('.')) || short === undefined) return undefined;
    return this.store.get('services', namespace, short) as Api<Service> | undefined;
  }

  #configMap(name = ''): Record<string, string> {
    return (this.store.get('configmaps', this.namespace, name) as Api<ConfigMap> | undefined)?.data ?? {};
  }

  #secret(name = ''): Record<string, string> {
    const data = (this.store.get('secrets', this.namespace, name) as Api<Secret> | undefined)?.data ?? {};
    const decoded = Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]);
    return Object.fromEntries(decoded) as Record<string, string>;
  }

  #value({ value = '', valueFrom }: EnvVar): string {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef) return this.#configMap(configMapKeyRef.name)[configMapKeyRef.key] ?? '';
    return secretKeyRef ? (this.#secret(secretKeyRef.name)[secretKeyRef.key] ?? '') : value;
  }
}
