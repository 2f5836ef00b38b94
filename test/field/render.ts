/** Renders a row of deployments.json as the objects that such a deployment consists of. */
import { readFileSync } from 'node:fs';
import { SECRET_VALUES } from '../../src/lab/manifests.js';

type Labels = Record<string, string>;

/** The shape of one deployment that somebody runs. Probes: `/path:port d<delay> p<period> t<timeout> f<failures>`. */
export interface FieldRow {
  id: string;
  /** null: installed without Helm. */
  release: string | null;
  chart: string | null;
  dep: string;
  svc: string;
  labels: Labels | null;
  sel: Labels;
  podlabels: Labels;
  replicas: number | null;
  strategy: object | null;
  containers: string[];
  cport: number[];
  image: string;
  pull: string | null;
  live: string | null;
  ready: string | null;
  startup: string | null;
  res: object | null;
  sc: object;
  psc: object;
  svctype: string;
  svcport: number;
  tport: number | string;
  nport: number | null;
  /** `literal`, `secretKeyRef NAME/KEY`, `configMapKeyRef NAME/KEY`, `envFrom [secret|configMap] NAME`, `envFrom? A,B`. */
  db: string | null;
  auth: string | null;
  ENV: string | null;
  LOG: string | null;
  env: string[];
  envFrom: string[];
  cms: string[];
  secrets: string[];
  hpa: string[];
}

export const ROWS = JSON.parse(
  readFileSync(new URL('deployments.json', import.meta.url), 'utf8'),
) as FieldRow[];

const PLAIN_VALUES = { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' };

/**
 * @param namespace written into each object, where it is given
 * @param secrets the values of DATABASE_URL and BETTER_AUTH_SECRET
 */
export function render(
  row: FieldRow,
  namespace?: string,
  secrets: Record<string, string> = SECRET_VALUES,
): object[] {
  const given: Record<string, string> = { ...secrets, ...PLAIN_VALUES };
  const data = new Map<
    string,
    { kind: 'ConfigMap' | 'Secret'; name: string; values: Record<string, string> }
  >();
  const object = (kind: 'ConfigMap' | 'Secret', name: string) => {
    const key = `${kind}/${name}`;
    const found = data.get(key) ?? { kind, name, values: {} };
    data.set(key, found);
    return found.values;
  };
  const isSecret = (name: string) => row.secrets.includes(name) || /secret/i.test(name);
  // A chart may call its ConfigMap and its Secret by one name: the first reference is to the ConfigMap then.
  const envFrom = row.envFrom.map((name, index) => {
    const twice = row.envFrom.indexOf(name) !== row.envFrom.lastIndexOf(name) && row.cms.includes(name);
    const kind = isSecret(name) && !(twice && row.envFrom.indexOf(name) === index) ? 'Secret' : 'ConfigMap';
    object(kind, name);
    return kind === 'Secret' ? { secretRef: { name } } : { configMapRef: { name } };
  });

  const env: object[] = [];
  const named = new Set<string>();
  const wire = (variable: string, how: string | null, secret: boolean) => {
    if (how === null) return;
    const [form = '', ...words] = how.split(' ');
    const target = words.at(-1) ?? '';
    const value = given[variable] ?? '';
    if (form === 'literal') env.push({ name: variable, value });
    else if (form.endsWith('KeyRef')) {
      const [name = '', key = variable] = target.split('/');
      env.push({ name: variable, valueFrom: { [form]: { name, key } } });
      object(form === 'secretKeyRef' ? 'Secret' : 'ConfigMap', name)[key] = value;
    } else {
      const names = target.split(',');
      const wanted = words[0] === 'configMap' ? false : secret;
      const name = names.find((each) => isSecret(each) === wanted) ?? names.at(-1) ?? '';
      const kind =
        words[0] !== 'configMap' && isSecret(name) && (secret || names.length === 1) ? 'Secret' : 'ConfigMap';
      if (name !== '') object(kind, name)[variable] = value;
    }
    if (!form.startsWith('envFrom')) named.add(variable);
  };
  wire('DATABASE_URL', row.db, true);
  wire('BETTER_AUTH_SECRET', row.auth, true);
  wire('ENVIRONMENT', row.ENV, false);
  wire('LOG_LEVEL', row.LOG, false);
  for (const name of row.env) if (!named.has(name)) env.push({ name, value: 'example' });

  const usesName = [row.tport, row.live, row.ready].some((text) => /(^|:)http\b/.test(String(text)));
  const container = {
    name: row.containers[0],
    image: row.image,
    ...(row.pull === null ? {} : { imagePullPolicy: row.pull }),
    ports: row.cport.map((containerPort) => ({ ...(usesName ? { name: 'http' } : {}), containerPort })),
    env,
    envFrom,
    ...(row.res === null ? {} : { resources: row.res }),
    securityContext: row.sc,
    ...probe('livenessProbe', row.live),
    ...probe('readinessProbe', row.ready),
    ...probe('startupProbe', row.startup),
  };
  const helm =
    row.release === null
      ? {}
      : {
          annotations: {
            'meta.helm.sh/release-name': row.release,
            'meta.helm.sh/release-namespace': namespace ?? 'default',
          },
        };
  const metadata = (name: string) => ({
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...row.labels, ...(row.release === null ? {} : { 'app.kubernetes.io/managed-by': 'Helm' }) },
    ...helm,
  });
  return [
    ...[...data.values()].map(({ kind, name, values }) => ({
      apiVersion: 'v1',
      kind,
      metadata: metadata(name),
      ...(kind === 'Secret' ? { type: 'Opaque', stringData: values } : { data: values }),
    })),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(row.dep),
      spec: {
        ...(row.replicas === null ? {} : { replicas: row.replicas }),
        ...(row.strategy === null ? {} : { strategy: row.strategy }),
        selector: { matchLabels: row.sel },
        template: {
          metadata: { labels: row.podlabels },
          spec: { securityContext: row.psc, containers: [container] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(row.svc),
      spec: {
        type: row.svctype,
        selector: row.sel,
        ports: [
          {
            port: row.svcport,
            targetPort: row.tport,
            ...(row.nport === null ? {} : { nodePort: row.nport }),
          },
        ],
      },
    },
    ...(row.hpa.includes(row.dep) ? [autoscaler(row.dep, metadata(row.dep))] : []),
  ];
}

function probe(name: string, text: string | null): object {
  if (text === null) return {};
  const [, path, port = '', ...numbers] = /^(\S*):(\S+) d(\d+) p(\d+) t(\d+) f(\d+)$/.exec(text) ?? [];
  const [initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold] = numbers.map(Number);
  return {
    [name]: {
      httpGet: { path, port: /^\d+$/.test(port) ? Number(port) : port },
      ...{ initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold },
    },
  };
}

function autoscaler(name: string, metadata: object): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  };
}
