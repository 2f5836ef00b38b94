import { createHash, timingSafeEqual } from 'node:crypto';
import { COMPONENT_LABEL } from '../../contract/name-forms.js';
import { deploymentShape } from '../border/object-shapes.js';
import { keptIn, listObjects } from '../border/read.js';
import type { FrontendFacts } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { Container, Deployment } from '../objects.js';
import { readSecret } from '../raw-secret.js';

const KEY = 'BETTER_AUTH_SECRET';

/** Whether a frontend of the same release is installed, and signs with the backend's secret. */
export async function readFrontend(context: FactContext): Promise<FrontendFacts> {
  const deployments = await listObjects(
    context,
    namespaced(context, 'deployments', 'apps/v1'),
    deploymentShape,
    { labelSelector: `${COMPONENT_LABEL}=frontend` },
  );
  const deployment = deployments.find((candidate) => isOfRelease(candidate, context));
  keptIn(context, deployment ? [deployment] : deployments);
  const source = deployment && sourceOf(deployment.spec.template.spec.containers);
  if (source !== undefined && 'value' in source) {
    context.hider.learn(source.value);
    return {
      installed: true,
      secretName: undefined,
      authSecretMatches: await matches(context, source.value),
    };
  }
  const conventional = context.target.names.deployment.replace(/(-backend)?$/, '-frontend-secret');
  const candidates = source?.secrets ?? [{ name: conventional, key: KEY }];
  let found: string | undefined;
  for (const { name, key } of candidates) {
    const path = namespaced(context, `secrets/${name}`);
    const secret = await readSecret(context, path);
    if (secret === undefined) continue;
    keptIn(context, [secret]);
    found ??= name;
    const value = secret.values.get(key);
    if (value === undefined) continue;
    return { installed: true, secretName: name, authSecretMatches: await matches(context, value) };
  }
  return {
    installed: deployment !== undefined || found !== undefined,
    secretName: found,
    authSecretMatches: undefined,
  };
}

function isOfRelease({ metadata }: Deployment, { target }: FactContext): boolean {
  const instance = metadata.labels?.['app.kubernetes.io/instance'];
  if (instance !== undefined && target.release !== undefined) return instance === target.release;
  return metadata.name === target.names.deployment.replace(/(-backend)?$/, '-frontend');
}

type Source = { value: string } | { secrets: { name: string; key: string }[] };

/** Where the frontend's containers get the key from, as the kubelet decides: `env` wins over `envFrom`. */
function sourceOf(containers: readonly Container[]): Source | undefined {
  for (const { env } of containers) {
    const variable = env?.find(({ name }) => name === KEY);
    if (variable?.value !== undefined) return { value: variable.value };
    const reference = variable?.valueFrom?.secretKeyRef;
    if (reference?.name !== undefined) return { secrets: [{ name: reference.name, key: reference.key }] };
  }
  const secrets = containers
    .flatMap(({ envFrom }) => envFrom ?? [])
    // With a prefix the variable has another name than the key.
    .flatMap(({ secretRef, prefix = '' }) =>
      secretRef?.name !== undefined && KEY.startsWith(prefix)
        ? [{ name: secretRef.name, key: KEY.slice(prefix.length) }]
        : [],
    );
  return secrets.length > 0 ? { secrets } : undefined;
}

/** In constant time, so that not even the time that it takes tells anything. */
async function matches(context: FactContext, frontend: string): Promise<boolean | undefined> {
  const backend = (await context.backendSecret())?.values.get(KEY);
  if (backend === undefined) return undefined;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(frontend), digest(backend));
}
