import type { Container, ContainerStatus, Pod } from './objects.js';

/** Ready to serve, and not about to go. */
export function isServing({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}

/** The container that the contract names, else the first; undefined for a pod without containers. */
export function backendContainer({ spec }: Pod, name: string): Container | undefined {
  return spec.containers.find((container) => container.name === name) ?? spec.containers[0];
}

export function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === container);
}
