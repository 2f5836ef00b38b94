/** A cluster to install into, and the plans that are held against it: for the tests of `verify --against`. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll } from '@jest/globals';
import { stringify } from 'yaml';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { api, type World } from '../../src/lab/world.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';
import { render, ROWS } from '../field/render.js';

export const { file, remove } = temporaryFolder();
export const ROW = ROWS.find(({ id }) => id === 'd06');
if (ROW === undefined) throw new Error('there is a row d06');

export type Objects = { kind: string; metadata: { name: string }; spec?: unknown; data?: unknown }[];

export interface Template {
  spec: {
    serviceAccountName?: string;
    nodeSelector?: Record<string, string>;
    hostNetwork?: boolean;
    containers: {
      image: string;
      imagePullPolicy: string;
      envFrom: object[];
      env: object[];
      resources: object;
      securityContext: object;
    }[];
  };
}

export let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  await lab.close();
  remove();
});

/** The row's objects, changed; pulled images, so that no node must have one. */
export function objects(
  change: (all: Objects, template: Template, deployment: Spec) => void = () => undefined,
): Objects {
  const all = structuredClone(render(ROW as never)) as Objects;
  const deployment = all.find(({ kind }) => kind === 'Deployment') as unknown as { spec: Spec };
  for (const container of deployment.spec.template.spec.containers) {
    container.imagePullPolicy = 'IfNotPresent';
    container.resources = {
      requests: { cpu: '10m', memory: '16Mi' },
      limits: { cpu: '100m', memory: '64Mi' },
    };
  }
  change(all, deployment.spec.template, deployment.spec);
  return all;
}

export interface Spec {
  replicas: number;
  strategy?: object;
  selector: { matchLabels: Record<string, string> };
  template: Template & { metadata: { labels: Record<string, string> } };
}

let count = 0;

/** A name that no other plan of the test has. */
export function nextFile(name: string, extension: string): string {
  return file(`${name}${++count}.${extension}`);
}

export async function against(given: Objects, ...more: string[]) {
  const at = nextFile('plan', 'yaml');
  writeFileSync(at, given.map((object) => stringify(object)).join('---\n'));
  const outcome = await runCommand(Verify, [
    ...['--manifests', at, '--against', 'live', '--kubeconfig', lab.kubeconfigPath, '-o', 'json'],
    ...more,
  ]);
  if (outcome.stdout === '') throw new Error(outcome.stderr);
  const report = JSON.parse(outcome.stdout) as Report;
  const install = report.checks.filter(({ suite }) => suite === 'install');
  const objecting = install.filter(
    ({ status }) => status === 'fail' || status === 'warn' || status === 'unknown',
  );
  return { ...outcome, report, install, objecting };
}

export async function within<T>(change: (world: World) => void, look: () => Promise<T>): Promise<T> {
  const before = { others: {} as World['others'], nodes: [] as World['nodes'] };
  await lab.change((world) => {
    before.others = structuredClone(world.others);
    before.nodes = structuredClone(world.nodes);
    change(world);
  });
  try {
    return await look();
  } finally {
    await lab.change((world) => {
      Object.assign(world, before);
    });
  }
}

export const inCluster = (resource: string, object: object) => (world: World) => {
  const { metadata, ...rest } = object as { metadata: object };
  const whole = api({ ...rest, metadata: { namespace: 'default', ...metadata } });
  world.others[resource] = [...(world.others[resource] ?? []), whole];
};
