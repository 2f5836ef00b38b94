/** A stage: the example chart installed in a namespace of its own, which faults are put on one after the other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Report } from '../../../src/engine/report.js';
import { deleteAll, get } from './api.js';
import { AUTH_SECRET, CHART, DATABASE_URL, helm, kubectl, until } from './cluster.js';
import { complaints, doctor, PATIENT, verify, type Verified } from './verify.js';

export const RELEASE = 'todo-chatbot';
export const BACKEND = 'todo-chatbot-backend';
/** Touching this file in a container makes its health endpoint fail. It is the pod's: a restart does not take it away. */
export const UNHEALTHY_FILE = '/dev/shm/unhealthy';

interface PodList {
  items: {
    metadata: { name: string; deletionTimestamp?: string; creationTimestamp: string };
    spec: { nodeName?: string };
    status: {
      phase: string;
      podIP?: string;
      conditions?: { type: string; status: string; message?: string; lastTransitionTime?: string }[];
      containerStatuses?: {
        ready: boolean;
        restartCount: number;
        state: {
          waiting?: { reason: string; message?: string };
          running?: { startedAt: string };
          terminated?: object;
        };
        lastState: { terminated?: { reason: string; exitCode: number; finishedAt: string } };
      }[];
    };
  }[];
}
interface EventList {
  items: { reason: string; message: string; count?: number }[];
}
interface DeploymentItem {
  metadata: { generation: number };
  spec: { replicas: number };
  status: Partial<
    Record<
      'observedGeneration' | 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas',
      number
    >
  >;
}
export type PodItem = PodList['items'][number];

/** It is ready, and has been from its start. */
export function isWell({ metadata, status }: PodItem): boolean {
  const [container] = status.containerStatuses ?? [];
  return (
    metadata.deletionTimestamp === undefined && container?.ready === true && container.restartCount === 0
  );
}

/** In which nodes hear of pods that have become ready. */
const SETTLING_SECONDS = 3;

export class Stage {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-stage-'));
  /** What was meant to be installed, without the secrets: what verify is told to expect. */
  readonly expected = path.join(this.#folder, 'values.yaml');
  /** For those who do not say `--values`: the contract demands another node port, which only one Service can have. */
  readonly portMeant: readonly string[];
  /** Of the pods that `restore` has found whole. */
  #names: string[] = [];

  /**
   * @param namespace made by `install`, deleted by `remove`
   * @param nodePort free on the node
   * @param values of `backend`, where they are not the contract's
   */
  constructor(
    readonly namespace: string,
    readonly nodePort: number,
    values: object = {},
  ) {
    this.portMeant = ['--set', `backend.service.nodePort=${nodePort}`];
    writeFileSync(
      this.expected,
      stringify({
        backend: {
          replicaCount: 2,
          image: { repository: 'todo-chatbot-backend', tag: 'latest', pullPolicy: 'IfNotPresent' },
          // Small requests: several stages share two processors.
          resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1000m', memory: '1Gi' } },
          ...values,
          service: { type: 'NodePort', port: 8000, nodePort },
          env: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
        },
      }),
    );
  }

  async install(): Promise<void> {
    // What a run that was broken off has left there.
    await kubectl(['delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=120s']);
    await this.upgrade(['--create-namespace', '--wait', '--timeout', '3m']);
    this.#names = (await this.pods()).map(({ metadata }) => metadata.name);
  }

  /**
   * `helm upgrade --install` with the stage's own values and these arguments; does not wait.
   * @param limitMs after which Helm is killed, where it is to be
   */
  async upgrade(args: readonly string[] = [], databaseUrl = DATABASE_URL, limitMs?: number): Promise<void> {
    // Secrets through the standard input: arguments can be read by every user of the machine.
    const values = {
      backend: {
        secrets: { DATABASE_URL: databaseUrl, BETTER_AUTH_SECRET: AUTH_SECRET },
        extraEnv: [{ name: 'FAULT_UNHEALTHY_FILE', value: UNHEALTHY_FILE }],
      },
    };
    // That the chart is valid has been seen when `home` was installed; to read the API's whole description each time costs
    // as much as all the rest of an upgrade, three times over.
    const quick = ['--disable-openapi-validation', '-f', this.expected, '-f', '-'];
    await helm(
      ['upgrade', '--install', RELEASE, CHART, '-n', this.namespace, ...quick, ...args],
      stringify(values),
      limitMs,
    );
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return kubectl(['-n', this.namespace, ...args], input);
  }

  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl([...args, '-o', 'json'])) as T;
  }

  /** The backend's pods, oldest first. */
  async pods(): Promise<PodItem[]> {
    const selector = 'labelSelector=app.kubernetes.io%2Fcomponent%3Dbackend';
    const { items } = await get<PodList>(`/api/v1/namespaces/${this.namespace}/pods?${selector}`);
    return items.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  }

  /** The namespace's events: since `restore`, which deletes those before. */
  async events(): Promise<EventList['items']> {
    return (await get<EventList>(`/api/v1/namespaces/${this.namespace}/events`)).items;
  }

  /** The newest revision of the Deployment is all there is: as many pods as wanted, all of them ready. */
  async isRolledOut(): Promise<boolean> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments/${BACKEND}`;
    const { metadata, spec, status } = await get<DeploymentItem>(path);
    const counts = [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas];
    if (status.observedGeneration !== metadata.generation) return false;
    if (counts.some((count) => count !== spec.replicas)) return false;
    const pods = await this.pods();
    return (
      pods.length === spec.replicas &&
      pods.every(
        (pod) => pod.metadata.deletionTimestamp === undefined && pod.status.containerStatuses?.[0]?.ready,
      )
    );
  }

  /** Against what was meant to be installed. */
  verify(args: readonly string[] = []): Promise<Verified> {
    return verify(['-n', this.namespace, '--values', this.expected, ...PATIENT, ...args]);
  }

  doctor(args: readonly string[] = []): Promise<Verified> {
    return doctor(['-n', this.namespace, '--values', this.expected, ...PATIENT, ...args]);
  }

  /** Puts everything back, and proves it. Pods that the fault may have left its marks on are replaced. */
  async restore(): Promise<void> {
    if (!(await this.#hasItsPods().catch(() => false))) await this.#empty();
    await this.upgrade();
    await this.#settled();
    // What this fault left behind is no symptom of the next.
    await deleteAll(`/api/v1/namespaces/${this.namespace}/events`);
    await this.#whole(SETTLING_SECONDS).catch(async (error: unknown) => {
      process.stderr.write(`  ${String(error)}\n  It is put back once more.\n`);
      await this.#empty();
      await this.upgrade();
      await this.#settled();
      await this.#whole(30);
    });
    this.#names = (await this.pods()).map(({ metadata }) => metadata.name);
  }

  /** The pods of the last `restore` are still there, and none was restarted: whatever else there is goes with the upgrade. */
  async #hasItsPods(): Promise<boolean> {
    const pods = await this.pods();
    return this.#names.every((name) =>
      pods.some(
        ({ metadata, status }) =>
          metadata.name === name &&
          metadata.deletionTimestamp === undefined &&
          status.containerStatuses?.[0]?.restartCount === 0,
      ),
    );
  }

  /** What verify says of a stage that was put back; programs in the pods would only say once more what its pods' logs do. */
  async #seen(): Promise<Report> {
    return (await this.verify(['--skip', 'network/service-dns,network/database-egress'])).report;
  }

  /** Ends all pods, so that the next revision starts with all of its own at once, not one by one. */
  async #empty(): Promise<void> {
    // There may be no Deployment any more, nor pods.
    await this.kubectl(['scale', `deployment/${BACKEND}`, '--replicas=0']).catch(() => undefined);
    const isEnding = ({ metadata }: PodItem) => metadata.deletionTimestamp !== undefined;
    // Sooner, and its ReplicaSet would replace them once more: by pods that take 30 s to end, see `noPods`.
    await until('no pod that stays', 20, async () => (await this.pods()).every(isEnding)).catch(
      () => undefined,
    );
    await this.kubectl([
      'delete',
      'pods',
      '-l',
      'app.kubernetes.io/component=backend',
      '--now',
      '--wait=false',
    ]);
  }

  /** Waits until verify passes: a pod is ready a moment before kube-proxy sends it requests. @throws with what is wrong */
  async #whole(seconds: number): Promise<void> {
    let said = '';
    const isWhole = async () => {
      const report = await this.#seen();
      said = complaints(report);
      return report.exitCode === 0;
    };
    await until(`${this.namespace} to be whole again`, seconds, isWhole).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${said}`);
    });
  }

  #settled(): Promise<void> {
    return until(`two ready pods in ${this.namespace}`, 200, () => this.isRolledOut());
  }

  /** Deletes the namespace without waiting for it. */
  async remove(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    await kubectl(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
  }
}
