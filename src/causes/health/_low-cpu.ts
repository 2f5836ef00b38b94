/** A CPU limit far below the contract's: whatever the application does takes as many times longer. */
import { backendContainer } from '../../computed/template-container.js';
import { resourcesArguments, setValues } from '../../fixes/described.js';
import { parseQuantity } from '../../kube/quantity.js';
import type { HealthLook } from '../../computed/probe-trouble.js';
import type { Fix } from '../../rule/diagnosis.js';

/** The CPU limit in the pod template, where it is less than half of the contract's. */
function lowCpu({ maybe, context }: HealthLook): string | undefined {
  const read = maybe('deployment');
  const found = read.ok && read.value ? backendContainer(read.value, context) : undefined;
  const cpu = found?.container.resources?.limits?.cpu;
  const amount = parseQuantity(cpu ?? '');
  const contracted = parseQuantity(context.contract.backend.resources.limits.cpu);
  return amount !== undefined && contracted !== undefined && amount * 2n < contracted ? cpu : undefined;
}

/** To end a sentence with, of what is slow; empty where the limit is not that low. */
export function atLowCpu(look: HealthLook): string {
  const cpu = lowCpu(look);
  return cpu === undefined
    ? ''
    : `, with a CPU limit of ${cpu}, where the contract has ${look.context.contract.backend.resources.limits.cpu}`;
}

/** Empty where the limit is not that low. */
export function contractsCpu(look: HealthLook): Fix[] {
  if (lowCpu(look) === undefined) return [];
  const { context } = look;
  const { cpu } = context.contract.backend.resources.limits;
  return [
    setValues(
      context,
      `Raise the CPU limit to ${cpu}, as the contract has it.`,
      [`backend.resources.limits.cpu=${cpu}`],
      resourcesArguments(context, 'limits', 'cpu', cpu),
    ),
  ];
}
