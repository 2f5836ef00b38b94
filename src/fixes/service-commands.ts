import { kubectl, word } from '../rule/command.js';
import type { CheckContext } from '../rule/context.js';

/** A kubectl command that makes the Service that the contract demands, for a release that Helm does not manage. */
export function exposeCommand(context: CheckContext, name: string): string {
  const { type, port, targetPort, nodePort } = context.contract.backend.service;
  const ports = { spec: { ports: [{ port, targetPort, nodePort }] } };
  const override = type === 'ClusterIP' ? '' : ` --overrides=${word(JSON.stringify(ports))}`;
  return kubectl(
    context,
    `expose deployment ${word(context.target.names.deployment)} --name=${word(name)}` +
      ` --type=${type} --port=${port} --target-port=${targetPort}${override}`,
  );
}
