/** A ServiceAccount that may do exactly what `todo-k8s checks role` prints, and a kubeconfig of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubectl, until } from './cluster.js';
import { todo } from './verify.js';

export const ACCOUNT = 'todo-k8s-reader';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}
interface Role {
  kind: 'Role' | 'ClusterRole';
  metadata: { name: string; namespace?: string };
  rules: Rule[];
}

/** One verb on one resource. */
export interface Permission {
  verb: string;
  group: string;
  resource: string;
}

export class Account {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-account-'));
  readonly kubeconfig = path.join(this.#folder, 'kubeconfig');
  #roles: Role[] = [];

  constructor(readonly namespace: string) {}

  /** Creates account, Role and bindings. @param args further arguments of `checks role` */
  async create(args: readonly string[] = []): Promise<void> {
    const { code, stdout, stderr } = await todo(['checks', 'role', '-n', this.namespace, ...args]);
    if (code !== 0) throw new Error(stderr);
    this.#roles = parseAllDocuments(stdout).map((document) => document.toJS() as Role);
    await this.#apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: this.namespace } },
      ...this.#roles,
      ...this.#roles.map((role) => binding(role, this.namespace)),
    ]);
    await this.#writeKubeconfig();
  }

  /** Every permission of the Roles. */
  permissions(): Permission[] {
    return this.#roles.flatMap(({ rules }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource }))),
        ),
      ),
    );
  }

  /** Runs it while the Roles lack these permissions, and the API server acts on that. */
  async without(permissions: readonly Permission[], whatFor: () => Promise<void>): Promise<void> {
    const acts = (allowed: boolean) =>
      until(`${permissions.map(key).join(', ')} to be ${allowed ? 'allowed' : 'forbidden'}`, 20, async () => {
        const may = await Promise.all(permissions.map((permission) => this.#may(permission)));
        return may.every((each) => each === allowed);
      });
    try {
      await this.#apply(this.#roles.map((role) => permissions.reduce(without, role)));
      await acts(false);
      await whatFor();
    } finally {
      await this.#apply(this.#roles);
      await acts(true);
    }
  }

  async remove(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    const { namespace } = this;
    await kubectl(['delete', 'serviceaccount,rolebinding', ACCOUNT, '-n', namespace, '--ignore-not-found']);
    await kubectl(['delete', 'clusterrolebinding', ACCOUNT, '--ignore-not-found']);
    for (const { kind, metadata } of this.#roles) {
      await kubectl(['delete', kind, metadata.name, '-n', namespace, '--ignore-not-found']);
    }
  }

  async #may({ verb, group, resource }: Permission): Promise<boolean> {
    const [main = '', subresource] = resource.split('/');
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${this.namespace}:${ACCOUNT}`,
        resourceAttributes: { verb, group, resource: main, subresource, namespace: this.namespace },
      },
    };
    const answer = await kubectl(['create', '-f', '-', '-o', 'json'], JSON.stringify(review));
    return (JSON.parse(answer) as { status: { allowed: boolean } }).status.allowed;
  }

  async #apply(objects: readonly object[]): Promise<void> {
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  }

  async #writeKubeconfig(): Promise<void> {
    interface Config {
      users: object[];
      contexts: { context: { user: string; namespace?: string } }[];
    }
    const config = JSON.parse(await kubectl(['config', 'view', '--minify', '--raw', '-o', 'json'])) as Config;
    const token = (await kubectl(['create', 'token', ACCOUNT, '-n', this.namespace, '--duration=2h'])).trim();
    config.users = [{ name: ACCOUNT, user: { token } }];
    for (const { context } of config.contexts) {
      context.user = ACCOUNT;
      context.namespace = this.namespace;
    }
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }
}

export function key({ verb, group, resource }: Permission): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

function without(role: Role, { verb, group, resource }: Permission): Role {
  const rules = role.rules.flatMap((rule) =>
    rule.resources.map((each) => ({
      ...rule,
      resources: [each],
      verbs: rule.verbs.filter(
        (name) => each !== resource || !rule.apiGroups.includes(group) || name !== verb,
      ),
    })),
  );
  return { ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) };
}

function binding({ kind, metadata }: Role, namespace: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata: { name: ACCOUNT, ...(kind === 'Role' && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }],
  };
}
