/** Faults that are put on deployments of the field: what the written contract's application is diagnosed with, they are, too. */
import { DATABASE_URL } from './cluster.js';
import type { FieldStage } from './field-stage.js';

interface FieldFault {
  /** Row of test/field/deployments.json. */
  row: string;
  name: string;
  /** Id of the cause that the doctor must find first. */
  cause: string;
  put: (stage: FieldStage) => Promise<unknown>;
}

/** Lays fields over the backend's container. */
function container(stage: FieldStage, fields: object): Promise<string> {
  const containers = [{ name: stage.row.containers[0], ...fields }];
  const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
  return stage.kubectl(['patch', 'deployment', stage.row.dep, '-p', patch]);
}

function service(stage: FieldStage, spec: object): Promise<string> {
  return stage.kubectl(['patch', 'service', stage.row.svc, '-p', JSON.stringify({ spec })]);
}

async function secret(stage: FieldStage, name: string, key: string, value: string | null) {
  await stage.kubectl([
    'patch',
    'secret',
    name,
    '-p',
    JSON.stringify({ stringData: { [key]: value ?? '' } }),
  ]);
  if (value === null)
    await stage.kubectl([
      'patch',
      'secret',
      name,
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'remove', path: `/data/${key}` }]),
    ]);
  await stage.kubectl(['rollout', 'restart', `deployment/${stage.row.dep}`]);
}

const wrongPassword = (url: string) => url.replace(/:[^:@/]+@/, ':wrong@');

export const FIELD_FAULTS: readonly FieldFault[] = [
  {
    row: 'd06',
    name: 'a wrong password in the Secret that is imported',
    cause: 'db/authentication-failed',
    put: (stage) => secret(stage, 'todo-secrets', 'DATABASE_URL', wrongPassword(DATABASE_URL)),
  },
  {
    row: 'd20',
    name: 'the key of another name is missing',
    cause: 'config/secret-key-missing',
    put: (stage) => secret(stage, 'todo-database-secret', 'database-url', null),
  },
  {
    row: 'd12',
    name: 'no sslmode in the other Secret’s key',
    cause: 'db/sslmode-missing',
    put: (stage) =>
      secret(stage, 'postgres-secret', 'database_url', DATABASE_URL.replace('?sslmode=require', '')),
  },
  {
    row: 'd10',
    name: 'an image that is not on the node, never pulled',
    cause: 'image/never-pull-missing',
    put: (stage) => container(stage, { image: 'todo-chatbot-backend:9.9.9' }),
  },
  {
    row: 'd13',
    name: 'the Service selects nobody',
    cause: 'service/selector-mismatch',
    put: (stage) => service(stage, { selector: { 'field-fault': 'nobody' } }),
  },
  {
    row: 'd37',
    name: 'the Service leads to another port',
    cause: 'service/target-port-mismatch',
    put: (stage) => service(stage, { ports: [{ port: stage.row.svcport, targetPort: 9999 }] }),
  },
  {
    row: 'd21',
    name: 'scaled to zero',
    cause: 'deployment/scaled-to-zero',
    put: (stage) => stage.kubectl(['scale', 'deployment', stage.row.dep, '--replicas=0']),
  },
  {
    row: 'd15',
    name: 'a command that is not there',
    cause: 'crash/command-not-found',
    put: (stage) => container(stage, { command: ['gunicorn-of-nobody'] }),
  },
  {
    row: 'd38',
    name: 'a limit that is too low',
    cause: 'memory/limit-too-low',
    put: (stage) =>
      container(stage, { resources: { requests: { memory: '24Mi' }, limits: { memory: '24Mi' } } }),
  },
  {
    row: 'd32',
    name: 'it listens on the loopback address',
    cause: 'service/bound-to-loopback',
    put: (stage) => container(stage, { env: [{ name: 'UVICORN_HOST', value: '127.0.0.1' }] }),
  },
];
