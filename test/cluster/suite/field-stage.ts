/** A deployment of the field on the real cluster: its objects as they are, around the example backend. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { render, type FieldRow } from '../../field/render.js';
import { AUTH_SECRET, DATABASE_URL, helm, kubectl, until } from './cluster.js';

/** The example backend at the paths that the field's probes ask for, with a database of its own where none is given. */
const APPLICATION = `
import os
for name, file in (("DATABASE_URL", "database-url"), ("BETTER_AUTH_SECRET", "auth-secret")):
    if not os.environ.get(name):
        os.environ[name] = open("/field/" + file).read()
from app.main import app as backend

HEALTH = {"/", "/health", "/health/live", "/health/ready"}

async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] in HEALTH:
        scope = dict(scope, path="/api/health", raw_path=b"/api/health")
    await backend(scope, receive, send)
`;
/** Fits a node that others use as well. */
const CPU_REQUEST = '10m';
/** Where the application's file lies; its name is not one that the row's own objects have. */
const FIELD = 'field-application';

interface AnyObject {
  kind: string;
  metadata: { name: string };
  spec?: {
    type?: string;
    ports?: { nodePort?: number }[];
    template?: {
      spec: {
        containers: {
          image: string;
          imagePullPolicy?: string;
          env: object[];
          resources?: { requests?: Record<string, string> };
          volumeMounts?: object[];
        }[];
        volumes?: object[];
      };
    };
  };
}

export class FieldStage {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-field-'));
  readonly file = path.join(this.#folder, 'contract.yaml');
  readonly in: readonly string[];

  /** @param nodePort free on the node; where the row has one */
  constructor(
    readonly row: FieldRow,
    readonly namespace: string,
    readonly nodePort: number,
  ) {
    this.in = ['-n', namespace];
  }

  async install(): Promise<void> {
    await this.remove();
    await kubectl(['create', 'namespace', this.namespace]);
    const application = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: FIELD },
      stringData: { 'field.py': APPLICATION, 'database-url': DATABASE_URL, 'auth-secret': AUTH_SECRET },
    };
    await kubectl([...this.in, 'apply', '-f', '-'], JSON.stringify(application));
    const text = this.objects()
      .map((object) => JSON.stringify(object))
      .join('\n---\n');
    const { release, chart } = this.row;
    if (release === null) await kubectl([...this.in, 'apply', '-f', '-'], text);
    else {
      const folder = path.join(this.#folder, 'chart');
      mkdirSync(path.join(folder, 'templates'), { recursive: true });
      writeFileSync(
        path.join(folder, 'Chart.yaml'),
        `apiVersion: v2\nname: ${chart ?? 'todo-chatbot'}\nversion: 1.0.0\n`,
      );
      writeFileSync(path.join(folder, 'values.yaml'), '{}\n');
      writeFileSync(path.join(folder, 'templates', 'all.yaml'), text);
      await helm(['install', release, folder, ...this.in, '--disable-openapi-validation']);
    }
    if (this.row.hpa.includes(this.row.dep))
      await until('the autoscaler to have set its least number of pods', 120, async () => {
        const path = 'jsonpath={.spec.replicas}';
        return Number(await this.kubectl(['get', 'deployment', this.row.dep, '-o', path])) > 1;
      });
    await kubectl([...this.in, 'rollout', 'status', `deployment/${this.row.dep}`, '--timeout=240s']);
  }

  /** What the row says, with an image that is there, a node port that is free, and a request that fits the node. */
  objects(): AnyObject[] {
    const secrets = { DATABASE_URL, BETTER_AUTH_SECRET: AUTH_SECRET };
    const objects = render(this.row, this.namespace, secrets) as AnyObject[];
    for (const { kind, spec } of objects) {
      if (kind === 'Service' && spec?.type === 'NodePort')
        for (const port of spec.ports ?? []) port.nodePort = this.nodePort;
      const pod = spec?.template?.spec;
      const [container] = pod?.containers ?? [];
      if (pod === undefined || container === undefined) continue;
      container.image = 'todo-chatbot-backend:latest';
      // There is no registry from which it could always be pulled.
      container.imagePullPolicy ??= 'IfNotPresent';
      if (container.resources?.requests) container.resources.requests.cpu = CPU_REQUEST;
      container.env.push(
        { name: 'UVICORN_APP_DIR', value: '/field' },
        { name: 'UVICORN_APP', value: 'field:app' },
        { name: 'UVICORN_PORT', value: String(this.row.cport[0]) },
      );
      container.volumeMounts = [{ name: 'field', mountPath: '/field' }];
      pod.volumes = [{ name: 'field', secret: { secretName: FIELD } }];
    }
    return objects;
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return kubectl([...this.in, ...args], input);
  }

  async remove(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    await kubectl(['delete', 'namespace', this.namespace, '--ignore-not-found', '--wait=false']);
    await until('the namespace to be gone', 120, async () => {
      const left = await kubectl(['get', 'namespace', this.namespace, '--ignore-not-found', '-o', 'name']);
      return left.trim() === '';
    });
  }

  /** What `contract init` wrote. */
  contract(): string {
    return readFileSync(this.file, 'utf8');
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
