/**
 * Deployments as nobody of the field wrote them: found without flags, described, and green by that, where they run and as
 * manifests. Each is a kind of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import ContractInit from '../../src/commands/contract/init.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab } from '../../src/lab/lab.js';
import { DATABASE_HOST, SECRET_VALUES } from '../../src/lab/manifests.js';
import { runCommand } from '../bundle/support.js';

const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-strangers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { DATABASE_URL, BETTER_AUTH_SECRET } = SECRET_VALUES;
const PASSWORD = /:([^:@]+)@/.exec(DATABASE_URL)?.[1] ?? '';

const secret = (name: string, values: Record<string, string>) => `
apiVersion: v1
kind: Secret
metadata: {name: ${name}}
stringData: ${JSON.stringify(values)}
---`;

const BOTH = { DATABASE_URL, BETTER_AUTH_SECRET };

interface Stranger {
  name: string;
  yaml: string;
  deployment: string;
  /** Lines that the contract file must have. */
  says: RegExp[];
  /** Checks that fail without a contract file must not be among these. */
  never: string[];
}

const STRANGERS: Stranger[] = [
  {
    name: 'kustomize: hashes in names, an image by digest, port 80 to a named port',
    deployment: 'prod-api',
    says: [/tag: any/, /port: 80 /, /path: \/healthz/],
    never: [],
    yaml: `${secret('prod-api-credentials-mf5kd9h2b6', BOTH)}
apiVersion: v1
kind: ConfigMap
metadata: {name: prod-api-config-5h2m8kc9f4}
data: {ENVIRONMENT: production, LOG_LEVEL: INFO}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: prod-api, labels: {app.kubernetes.io/part-of: todo}}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: ghcr.io/acme/todo-api@sha256:8f0d8a4ff1f2a0d2a8a3c9f1f6a24a8dbb9b7c5a3a3f8a6b8e0c6f1c9d7e5b3a
          ports: [{containerPort: 8080, name: http}]
          envFrom:
            - configMapRef: {name: prod-api-config-5h2m8kc9f4}
            - secretRef: {name: prod-api-credentials-mf5kd9h2b6}
          livenessProbe: {httpGet: {path: /healthz, port: http}}
          readinessProbe: {httpGet: {path: /healthz, port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: prod-api}
spec: {selector: {app: api}, ports: [{name: web, port: 80, targetPort: http}]}`,
  },
  {
    name: 'a URL that is put together from parts of Secrets and a ConfigMap',
    deployment: 'server',
    says: [/DATABASE_URL: any/, /BETTER_AUTH_SECRET: secret/],
    never: ['deployment/no-inline-secrets', 'config/secret', 'config/database-url'],
    yaml: `${secret('pg-auth', { username: 'todo_owner', password: PASSWORD })}
${secret('jwt', { secret: BETTER_AUTH_SECRET })}
apiVersion: v1
kind: ConfigMap
metadata: {name: pg}
data: {host: ${DATABASE_HOST}, db: todo}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  selector: {matchLabels: {tier: server}}
  template:
    metadata: {labels: {tier: server}}
    spec:
      containers:
        - name: app
          image: myrepo/todo:1.2.3
          ports: [{containerPort: 8000}]
          env:
            - {name: DB_USER, valueFrom: {secretKeyRef: {name: pg-auth, key: username}}}
            - {name: DB_PASS, valueFrom: {secretKeyRef: {name: pg-auth, key: password}}}
            - {name: DB_HOST, valueFrom: {configMapKeyRef: {name: pg, key: host}}}
            - {name: DB_NAME, valueFrom: {configMapKeyRef: {name: pg, key: db}}}
            - {name: DATABASE_URL, value: "postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):5432/$(DB_NAME)?sslmode=require"}
            - {name: BETTER_AUTH_SECRET, valueFrom: {secretKeyRef: {name: jwt, key: secret}}}
          readinessProbe: {httpGet: {path: /api/health, port: 8000}}
---
apiVersion: v1
kind: Service
metadata: {name: server}
spec: {selector: {tier: server}, ports: [{port: 8000}]}`,
  },
  {
    name: 'prefixes that make the variables’ names, a level and an environment of their own',
    deployment: 'tasks-api',
    says: [/DATABASE_URL: neon\/URL/, /logLevels: \[.*WARNING\]/, /environments: \[.*Preview\]/],
    never: ['config/secret'],
    yaml: `${secret('neon', { URL: DATABASE_URL })}
${secret('better', { SECRET: BETTER_AUTH_SECRET })}
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {ENVIRONMENT: Preview, LOG_LEVEL: WARNING}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tasks-api}
spec:
  replicas: 2
  selector: {matchLabels: {run: tasks-api}}
  template:
    metadata: {labels: {run: tasks-api}}
    spec:
      containers:
        - name: tasks
          image: registry.example.com:5000/team/tasks:v3
          ports: [{containerPort: 5000}]
          envFrom:
            - {prefix: DATABASE_, secretRef: {name: neon}}
            - {prefix: BETTER_AUTH_, secretRef: {name: better}}
            - {configMapRef: {name: settings}}
          livenessProbe: {tcpSocket: {port: 5000}}
          readinessProbe: {exec: {command: [python, ready.py]}}
---
apiVersion: v1
kind: Service
metadata: {name: tasks-api}
spec: {type: NodePort, selector: {run: tasks-api}, ports: [{port: 80, targetPort: 5000, nodePort: 31080}]}`,
  },
  {
    name: 'a port for metrics first, in the container and in the Service, and an autoscaler',
    deployment: 'todolist',
    says: [/port: 80 /, /minReplicas: 3/],
    never: ['deployment/container'],
    yaml: `${secret('s', BOTH)}
apiVersion: apps/v1
kind: Deployment
metadata: {name: todolist}
spec:
  selector: {matchLabels: {app: todolist}}
  template:
    metadata: {labels: {app: todolist}}
    spec:
      containers:
        - name: backend
          image: todolist:7
          ports: [{containerPort: 9090, name: metrics}, {containerPort: 8000, name: http}]
          env:
            - {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: s, key: DATABASE_URL}}}
            - {name: BETTER_AUTH_SECRET, valueFrom: {secretKeyRef: {name: s, key: BETTER_AUTH_SECRET}}}
          livenessProbe: {grpc: {port: 8000}}
          readinessProbe: {httpGet: {path: /health/ready, port: http}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: todolist}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: todolist}, minReplicas: 3, maxReplicas: 10}
---
apiVersion: v1
kind: Service
metadata: {name: todolist-svc}
spec:
  type: NodePort
  selector: {app: todolist}
  ports:
    - {name: metrics, port: 9090, targetPort: metrics, nodePort: 31990}
    - {name: http, port: 80, targetPort: http, nodePort: 31980}`,
  },
  {
    name: 'a proxy before the backend in the pod, init containers, one of which stays',
    deployment: 'todo-service',
    says: [/name: web /, /port: 8000|nodePort: 31500/],
    never: ['deployment/exists', 'pods/ready'],
    yaml: `${secret('app-secret', BOTH)}
apiVersion: apps/v1
kind: Deployment
metadata: {name: todo-service}
spec:
  replicas: 2
  selector: {matchLabels: {app: todo-service}}
  template:
    metadata: {labels: {app: todo-service}}
    spec:
      initContainers:
        - {name: migrate, image: "todo-backend:v9", command: [alembic, upgrade, head], envFrom: [{secretRef: {name: app-secret}}]}
        - {name: log-shipper, image: "fluent/fluent-bit:3", restartPolicy: Always}
      containers:
        - {name: cloud-sql-proxy, image: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", ports: [{containerPort: 5432}]}
        - name: web
          image: todo-backend:v9
          ports: [{containerPort: 8000, name: http}]
          envFrom: [{secretRef: {name: app-secret}}]
          livenessProbe: {httpGet: {path: /health, port: http}}
          readinessProbe: {httpGet: {path: /ready, port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: todo-service}
spec: {type: NodePort, selector: {app: todo-service}, ports: [{port: 8000, targetPort: http, nodePort: 31500}]}`,
  },
  {
    name: 'no port declared, no probes, as kubectl create writes it; one client stays with one pod',
    deployment: 'todo-backend',
    says: [/- deployment\/container/, /- service\/session-affinity/],
    never: ['service/ports'],
    yaml: `${secret('todo-env', BOTH)}
apiVersion: apps/v1
kind: Deployment
metadata: {name: todo-backend, labels: {app: todo-backend}}
spec:
  replicas: 2
  selector: {matchLabels: {app: todo-backend}}
  strategy: {}
  template:
    metadata: {creationTimestamp: null, labels: {app: todo-backend}}
    spec:
      containers:
        - {name: todo-backend, image: "todo-backend:latest", resources: {}, envFrom: [{secretRef: {name: todo-env}}]}
status: {}
---
apiVersion: v1
kind: Service
metadata: {name: todo-backend, labels: {app: todo-backend}}
spec:
  type: NodePort
  sessionAffinity: ClientIP
  selector: {app: todo-backend}
  ports: [{name: 8000-8000, port: 8000, protocol: TCP, targetPort: 8000, nodePort: 30081}]`,
  },
  {
    name: 'words of another language, and the only one that could be it',
    deployment: 'aufgaben',
    says: [/port: 3001/],
    never: ['deployment/exists'],
    yaml: `${secret('aufgaben', BOTH)}
apiVersion: apps/v1
kind: Deployment
metadata: {name: aufgaben}
spec:
  selector: {matchLabels: {app: aufgaben}}
  template:
    metadata: {labels: {app: aufgaben}}
    spec:
      containers:
        - name: dienst
          image: harbor.example.de/aufgaben/dienst:3
          ports: [{containerPort: 3001}]
          envFrom: [{secretRef: {name: aufgaben}}]
          livenessProbe: {httpGet: {path: /status, port: 3001}}
---
apiVersion: v1
kind: Service
metadata: {name: aufgaben}
spec: {type: NodePort, selector: {app: aufgaben}, ports: [{port: 3001, nodePort: 31111}]}`,
  },
];

const failuresOf = ({ checks }: Report) =>
  checks.filter(({ status }) => status === 'fail' || status === 'unknown').map(({ id }) => id);

describe.each(STRANGERS)('$name', ({ yaml, deployment, says, never }) => {
  test('is found, described, and green', async () => {
    const manifests = path.join(folder, `${deployment}.yaml`);
    const contract = path.join(folder, `${deployment}.contract.yaml`);
    writeFileSync(manifests, yaml);
    const objects = parseAllDocuments(yaml).map((each) => each.toJSON() as object);
    const lab = await startLab('healthy', { objects });
    try {
      const at = ['--kubeconfig', lab.kubeconfigPath];
      const report = async (...args: string[]) => {
        const { stdout, stderr } = await runCommand(Verify, [...args, '-o', 'json']);
        if (stdout === '') throw new Error(stderr);
        return JSON.parse(stdout) as Report;
      };
      const bare = await report(...at);
      expect(bare.checks.find(({ id }) => id === 'deployment/exists')?.status).toBe('pass');
      expect(JSON.stringify(bare.checks)).toContain(
        `"kind":"Deployment","namespace":"default","name":"${deployment}"`,
      );
      expect(failuresOf(bare).filter((id) => never.includes(id))).toEqual([]);
      expect(bare.checks.find(({ id }) => id === 'functional/health')?.status).not.toBe('blocked');

      const init = await runCommand(ContractInit, [...at, '-o', contract]);
      expect(init.stderr).not.toContain('not taken over');
      const { stdout: text } = await runCommand(ContractInit, [...at, '--from', 'live']);
      for (const line of says) expect(text).toMatch(line);
      expect(text).not.toContain(PASSWORD);

      expect(failuresOf(await report(...at, '--contract', contract))).toEqual([]);
      expect(failuresOf(await report('--manifests', manifests, '--contract', contract))).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
