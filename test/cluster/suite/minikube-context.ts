/** A kubeconfig as Minikube writes it: certificates as files beside it, extensions, a second cluster that is stopped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { kubectl } from './cluster.js';

interface Config {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

export class MinikubeContext {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-minikube-'));
  readonly kubeconfig = path.join(this.#folder, 'config');

  /** @throws when the current context logs in with something else than a certificate */
  async write(): Promise<void> {
    const raw = ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'];
    const { clusters, users } = JSON.parse(await kubectl(raw)) as Config;
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
    if (!cluster || !user) throw new Error('the current context has no cluster or no user');
    const extensions = [
      { name: 'cluster_info', extension: { provider: 'minikube.sigs.k8s.io', version: 'v1.37.0' } },
    ];
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      preferences: {},
      'current-context': 'stopped',
      clusters: [
        {
          name: 'minikube',
          cluster: {
            server: cluster.server,
            'certificate-authority': this.#file('ca.crt', cluster['certificate-authority-data']),
            extensions,
          },
        },
        { name: 'stopped', cluster: { server: 'https://127.0.0.1:1', extensions } },
      ],
      users: [
        {
          name: 'minikube',
          user: {
            'client-certificate': this.#file('client.crt', user['client-certificate-data']),
            'client-key': this.#file('client.key', user['client-key-data']),
          },
        },
      ],
      contexts: ['minikube', 'stopped'].map((name) => ({
        name,
        context: { cluster: name, user: 'minikube', namespace: 'default', extensions },
      })),
    };
    writeFileSync(this.kubeconfig, stringify(config), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Relative to the kubeconfig, as a path in it may be. */
  #file(name: string, data: string): string {
    writeFileSync(path.join(this.#folder, name), Buffer.from(data, 'base64'), { mode: 0o600 });
    return name;
  }
}
