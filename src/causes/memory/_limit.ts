/** What the causes about a container's memory limit have in common. */
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { CRASHING } from '../not-running.js';
import { workersOf } from '../../computed/workers.js';
import { advise, inTemplate, resourcesArguments, setEnvArguments, setValues } from '../../fixes/described.js';
import type { Container } from '../../evidence/objects.js';
import { word } from '../../rule/command.js';

export const LIMIT_FIELD = 'spec.containers[].resources.limits.memory';

/** What follows from a kill for memory, whatever is behind it. */
export const KILLED = [
  'pods/no-oom',
  'crash/worker-loop',
  'memory/near-limit',
  'memory/skewed',
  // A container at its limit answers late before it is killed, and not at all in that moment.
  'health/too-slow',
  'health/server-error',
  'health/flapping',
  ...CRASHING,
] as const;

/** Workers from which on it is their number that takes the memory, and not what each of them does. */
const MANY_WORKERS = 4;

/** Of a container at its memory limit that serves with many workers: to run fewer. A limit that fits them all may be far away. */
export function fewerWorkers(container: Container | undefined, context: CheckContext): Fix[] {
  const workers = container && workersOf(container);
  if (!workers || workers.count < MANY_WORKERS) return [];
  const { count, variable } = workers;
  if (variable === undefined) return [advise(`Run fewer workers: its command asks for ${count}.`)];
  return [
    inTemplate(
      context,
      `Run fewer workers: ${variable} asks for ${count}, and each takes memory of its own.`,
      setEnvArguments(context, `${variable}-`),
    ),
  ];
}

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
