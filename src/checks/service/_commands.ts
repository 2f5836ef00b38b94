import type { CheckContext } from '../check.js';

/** A kubectl command that makes the Service that the contract demands, for a release that Helm does not manage. */
export function exposeCommand({ contract, target }: CheckContext, name: string): string {
  const { type, port, targetPort, nodePort } = contract.backend.service;
  const override =
    type === 'ClusterIP'
      ? ''
      : ` --overrides='${JSON.stringify({ spec: { ports: [{ port, targetPort, nodePort }] } })}'`;
  return (
    `kubectl -n ${target.namespace} expose deployment ${target.names.deployment} --name=${name}` +
    ` --type=${type} --port=${port} --target-port=${targetPort}${override}`
  );
}
