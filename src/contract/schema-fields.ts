/** The kinds of values that the contract's schema is made of, each with the words that say what was expected. */
import { z } from 'zod';

/** Description and section of a field; last in each chain, because zod ties metadata to the instance. */
export const about = (description: string, section: string) => ({ description, section });

export const integer = (min: number, max: number) => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

export const text = (expected: string, pattern: RegExp, maxLength = 253) => {
  const error = `expected ${expected}`;
  return z
    .string({ error })
    .max(maxLength, { error: `${error}, at most ${maxLength} characters` })
    .regex(pattern, { error });
};

export const oneOf = (...values: string[]) =>
  z
    .string({ error: `expected one of ${values.join(', ')}` })
    .refine((value) => values.includes(value), {
      error: `expected one of ${values.join(', ')}`,
    })
    .meta({ enum: values });

export const list = <T extends z.ZodType>(item: T, minimum: number) => {
  const error = minimum > 0 ? `expected a list of at least ${minimum}` : 'expected a list';
  return z.array(item, { error }).min(minimum, { error }).max(50, { error: 'expected a list of at most 50' });
};

export const port = () => integer(1, 65535);
export const seconds = (min: number) => integer(min, 86_400);
export const urlPath = () =>
  text('a path that begins with /, such as /api/health', /^\/[\w\-.~!$&'()*+,;=:@%/?]*$/, 1000);
export const secretKey = () => text('the key of a Secret, such as DATABASE_URL', /^[-._a-zA-Z0-9]+$/);
/** Kubernetes’ own grammar of quantities (apimachinery, resource.Quantity), positive. */
export const quantity = (example: string) =>
  text(
    `a Kubernetes quantity such as ${example}`,
    /^\+?(?=\d*\.?\d*[1-9])(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/,
    30,
  );

export const intOrPercent = () => {
  const error = 'expected a whole number from 0 to 10000 or a percentage such as 25%';
  return z.union(
    [
      z.int({ error }).min(0, { error }).max(10_000, { error }),
      z.string({ error }).regex(/^\d{1,3}%$/, { error }),
    ],
    {
      error,
    },
  );
};

export const logPattern = () =>
  text('a regular expression of at most 500 printable characters', /^[^\p{C}]+$/u, 500)
    .refine(isRegExp, { error: 'expected a valid regular expression (JavaScript, case-insensitive)' })
    .meta({ format: 'regex' });

export const section = {
  metadata: 'Kubernetes Resources: Metadata',
  deployment: 'Kubernetes Resources: Deployment',
  service: 'Kubernetes Resources: Service',
  configMap: 'Kubernetes Resources: ConfigMap',
  secret: 'Kubernetes Resources: Secret',
  image: 'Configuration Parameters: Image Configuration',
  replicas: 'Configuration Parameters: Replica Configuration',
  resources: 'Configuration Parameters: Resource Configuration',
  serviceParameters: 'Configuration Parameters: Service Configuration',
  environment: 'Configuration Parameters: Environment Configuration',
  liveness: 'Health Checks: Liveness Probe',
  readiness: 'Health Checks: Readiness Probe',
  healthEndpoint: 'Health Checks: Health Endpoint Requirements',
  security: 'Security Requirements: Container Security',
  secretManagement: 'Security Requirements: Secret Management',
  pooling: 'Scaling Behavior: Database Connection Pooling',
  connection: 'Database Connectivity: Connection Requirements',
  functional: 'Verification Steps: Functional Verification',
  loadBalancing: 'Verification Steps: Load Balancing Verification',
} as const;

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, 'i');
    return true;
  } catch {
    return false;
  }
}
