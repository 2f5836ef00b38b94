/** The Job whose pods send: one for each worker, spread over the nodes, without any permission. */
import type { WorkerSpec } from './spec.js';

export interface JobInput {
  name: string;
  namespace: string;
  image: string;
  workers: number;
  spec: WorkerSpec;
  /** Seconds after which Kubernetes ends it. */
  deadlineSeconds: number;
}

/** Seconds after its end at which Kubernetes removes it, should nobody else. */
const KEPT_SECONDS = 600;

export const JOB_INDEX = 'batch.kubernetes.io/job-completion-index';

/** batch/v1 Job in Pod Security's "restricted". */
export function workerJob({ name, namespace, image, workers, spec, deadlineSeconds }: JobInput): object {
  const own = { 'app.kubernetes.io/name': 'todo-k8s', 'todo-k8s/load': name };
  const labels = { ...own, 'app.kubernetes.io/managed-by': 'todo-k8s' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      completionMode: 'Indexed',
      completions: workers,
      parallelism: workers,
      // What failed is told, not tried again.
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: own },
            },
          ],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'load',
              image,
              imagePullPolicy: 'IfNotPresent',
              args: ['__send', JSON.stringify(spec)],
              resources: {
                requests: { cpu: '100m', memory: '64Mi' },
                limits: { memory: '256Mi' },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}
