/** What the causes about a container's memory limit have in common. */
import type { CheckContext } from '../../checks/check.js';
import { CRASHING } from '../../diagnoses/causes/crash.js';
import type { Fix } from '../../diagnoses/diagnosis.js';
import { resourcesArguments, setValues } from '../../diagnoses/fixes.js';

export const LIMIT_FIELD = 'spec.containers[].resources.limits.memory';

/** What follows from a kill for memory, whatever is behind it. */
export const KILLED = ['pods/no-oom', 'crash/worker-loop', ...CRASHING] as const;

/** @param limit a quantity */
export function setLimit(context: CheckContext, description: string, limit: string): Fix {
  return setValues(
    context,
    description,
    [`backend.resources.limits.memory=${limit}`],
    resourcesArguments(context, 'limits', 'memory', limit),
  );
}
