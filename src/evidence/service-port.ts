/** The Service's port that requests for the backend are sent to. */
import { containerName } from '../contract/target.js';
import { usedPort } from '../kube/service-port.js';
import { templateContainer } from './environment.js';
import type { FactContext } from './fact-context.js';
import type { Service, ServicePort } from './objects.js';

/** What a Service has in place of the contract's port, where it has another; undefined: it has none at all. */
export async function backendPort(context: FactContext, service: Service): Promise<ServicePort | undefined> {
  const { ports = [] } = service.spec;
  const wanted = context.contract.backend.service;
  const first = ports.find(({ port }) => port === wanted.port);
  // Nothing else needs to be known where the port is there.
  if (ports.length < 2 || first !== undefined) return first ?? ports[0];
  const observed = await context.observe('deployment');
  const deployment = observed.ok ? observed.value : undefined;
  if (deployment === undefined) return usedPort(ports, wanted);
  const { containers } = deployment.spec.template.spec;
  return usedPort(ports, wanted, containers, templateContainer(deployment, containerName(context)));
}

/** Its number; the contract's where the Service cannot be read, or has no port. */
export async function backendPortNumber(context: FactContext): Promise<number> {
  const service = await context.observe('service');
  const found =
    service.ok && service.value !== undefined ? await backendPort(context, service.value) : undefined;
  return (found ?? context.contract.backend.service).port;
}
