/** A load run against a lab in this process, by the code that the command runs. */
import { Interruption } from '../../src/cli/interruption.js';
import { runLoad } from '../../src/cli/load-run.js';
import { openSession } from '../../src/cli/session.js';
import type { Report } from '../../src/engine/report.js';
import type { Lab } from '../../src/lab/lab.js';
import { startLab } from '../../src/lab/lab.js';
import type { LabPod, World } from '../../src/lab/world.js';
import { parseThreshold } from '../../src/computed/load-threshold.js';
import { contractPlan, type LoadPlan } from '../../src/load/plan.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';

export interface RunOptions extends Partial<LoadPlan> {
  confidence?: number;
  expectPods?: number;
  failOn?: string[];
  via?: string;
  url?: string;
  /** Called when the run begins, for what is to happen while it goes on. */
  meanwhile?: (interruption: Interruption) => void;
}

export interface LoadLab {
  lab: Lab;
  world: World;
  /** Requests with a mark that each pod has served, by the pods' own count. */
  counts: () => Record<string, number>;
  run: (options?: RunOptions) => Promise<Report & { load: NonNullable<Report['load']> }>;
  close: () => Promise<void>;
}

/** @param namesPod whether the health response tells the pod's name */
export async function loadLab(scenario = 'healthy', namesPod = false): Promise<LoadLab> {
  const lab = await startLab(scenario);
  let world: World | undefined;
  const served = new Map<string, number>();
  await lab.change((all) => {
    world = all;
    for (const pod of all.pods) watch(pod, served, namesPod);
  });
  if (!world) throw new Error('the lab did not show its world');
  return {
    lab,
    world,
    counts: () => Object.fromEntries(served),
    run: async (options = {}) => {
      const { confidence = 0.99, expectPods, failOn = [], via, url, meanwhile, ...plan } = options;
      const interruption = new Interruption();
      const session = await openSession(
        {
          kubeconfig: lab.kubeconfigPath,
          'request-timeout': 5000,
          'all-releases': false,
          exec: false,
          via,
          url: url ?? (via === undefined ? lab.url : undefined),
        },
        interruption.signal,
      );
      try {
        const [release] = session.releases;
        if (!release) throw new Error('no release');
        const running = runLoad({
          version: '0.0.0',
          release,
          plan: { ...contractPlan(DEFAULT_CONTRACT, 5000), ...plan },
          judge: {
            expectPods,
            confidence,
            thresholds: failOn.map((text) => {
              const threshold = parseThreshold(text);
              if (typeof threshold === 'string') throw new Error(threshold);
              return threshold;
            }),
          },
          interruption,
          emit: () => undefined,
          again: (requests) => `todo-k8s loadbalance --requests ${requests}`,
        });
        meanwhile?.(interruption);
        const report = await running;
        if (!report.load)
          throw new Error(`no load: ${report.checks.map(({ message }) => message).join('; ')}`);
        return { ...report, load: report.load };
      } finally {
        await session.close();
        interruption.dispose();
      }
    },
    close: () => lab.close(),
  };
}

/** Counts what a pod serves, and lets its health response name no pod unless it should. */
export function watch(pod: LabPod, served: Map<string, number>, namesPod: boolean): void {
  const { name } = pod.object.metadata;
  if (!namesPod) delete pod.app.health.body.pod;
  const append = pod.log.append.bind(pod.log);
  served.set(name, 0);
  pod.log.append = (text, ms) => {
    if (/[?&]todo-k8s=[0-9a-f]{12}-\d+ /.test(text)) served.set(name, (served.get(name) ?? 0) + 1);
    append(text, ms);
  };
}

/** Requests by pod as the report has them. */
export function byPod({ load }: { load: NonNullable<Report['load']> }): Record<string, number> {
  return Object.fromEntries(load.pods.map(({ pod, requests }) => [pod, requests]));
}

/** All requests of a report: those of pods, of nobody, and those that were never finished. */
export function totalOf({ load }: { load: NonNullable<Report['load']> }): number {
  const sum = (tallies: { requests: number }[]) => tallies.reduce((all, { requests }) => all + requests, 0);
  return sum(load.pods) + sum(load.lost) + sum(load.unattributed) + load.unfinished;
}

export function statusOf(report: Report, name: string): string | undefined {
  return report.checks.find(({ id }) => id === `load-balancing/${name}`)?.status;
}
