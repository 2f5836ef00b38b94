/** What the causes about a container's memory limit have in common. */
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { CRASHING } from '../not-running.js';
import { resourcesArguments, setValues } from '../../diagnoses/fixes.js';
import { word } from '../../rule/command.js';

export const LIMIT_FIELD = 'spec.containers[].resources.limits.memory';

/** What follows from a kill for memory, whatever is behind it. */
export const KILLED = ['pods/no-oom', 'crash/worker-loop', ...CRASHING] as const;

/**
 * @param limit a quantity
 * @param request one that goes with it; undefined: it stays as it is
 */
export function setLimit(context: CheckContext, description: string, limit: string, request?: string): Fix {
  return setValues(
    context,
    description,
    [
      `backend.resources.limits.memory=${limit}`,
      ...(request === undefined ? [] : [`backend.resources.requests.memory=${request}`]),
    ],
    resourcesArguments(context, 'limits', 'memory', limit) +
      (request === undefined ? '' : ` --requests=memory=${word(request)}`),
  );
}
