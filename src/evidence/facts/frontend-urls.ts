import { serviceShape } from '../border/object-shapes.js';
import { getObject, keptIn } from '../border/read.js';
import type { FrontendService, FrontendUrl, FrontendUrlFacts } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import { frontendEnvironments } from '../frontend.js';
import { backendUrl, ownOrigin } from '../frontend-urls.js';
import type { Deployment, Service } from '../objects.js';
import { failed } from '../observed.js';

/** Where the frontend beside the backend is told that the backend is. Where discovery found none, nothing is asked. */
export async function readFrontendUrls(context: FactContext): Promise<FrontendUrlFacts> {
  const deployment = await context.rawFrontend();
  if (deployment === undefined) return { deployment: undefined, urls: [], isAlone: true, origins: [] };
  keptIn(context, [deployment], ['spec', 'template']);
  const { containers } = deployment.spec.template.spec;
  const environments = await frontendEnvironments(context, deployment);
  const variables = environments.flatMap((environment, index) =>
    [...environment.variables.values()].map((variable) => ({
      container: containers[index]?.name ?? '',
      variable,
    })),
  );
  const urls = variables.flatMap(
    ({ container, variable }) => backendUrl(variable, container, context.target.namespace) ?? [],
  );
  const origins = variables.flatMap(({ variable }) => {
    const origin = ownOrigin(variable);
    return origin === undefined ? [] : [{ variable: variable.name, origin }];
  });
  const service = await context.observe('service');
  const [port] = (service.ok ? service.value?.spec.ports : undefined) ?? [];
  return {
    deployment: deployment.metadata.name,
    ...(port && { backendPort: port.port }),
    urls: await Promise.all(urls.map((url) => withService(context, url))),
    isAlone: isAlone(deployment),
    origins,
  };
}

/** Dapr puts its container beside the others only when the pod is made. */
function isAlone({ spec }: Deployment): boolean {
  const { metadata, spec: pod } = spec.template;
  return pod.containers.length === 1 && metadata?.annotations?.['dapr.io/enabled'] !== 'true';
}

/** The Service that a URL names: the backend's own is known already. */
async function withService(context: FactContext, url: FrontendUrl): Promise<FrontendUrl> {
  const { service } = url;
  if (service === undefined) return url;
  return { ...url, service: await look(context, service) };
}

async function look(
  context: FactContext,
  { name, namespace }: Pick<FrontendService, 'name' | 'namespace'>,
): Promise<FrontendService> {
  const { target, client, signal, odd } = context;
  const isOwn = name === target.names.service && namespace === target.namespace;
  try {
    const service: Service | undefined = isOwn
      ? await context.read('service')
      : await getObject(
          { client, signal, odd },
          namespaced({ target: { ...target, namespace } }, `services/${name}`),
          serviceShape,
          'a part',
        );
    if (service === undefined) return { name, namespace, missing: true };
    const { type, clusterIP, ports = [] } = service.spec;
    const isDirect = type === 'ExternalName' || clusterIP === 'None';
    return { name, namespace, ...(!isDirect && { ports: ports.map(({ port }) => port) }) };
  } catch (error) {
    signal.throwIfAborted();
    const { detail, access } = failed(error, `Service ${name}`, context.hider);
    return { name, namespace, unread: detail, ...(access && { access }) };
  }
}
