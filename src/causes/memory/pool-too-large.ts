import { configMapRef, podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { memoriesOf, nearLimit } from '../../computed/memory.js';
import { inTemplate, setEnvArguments, setValues } from '../../fixes/described.js';
import { backendOf, podsToJudge } from '../../computed/judged-pods.js';
import { cause, type Told } from '../../rule/cause.js';

/** How applications call the size of their connection pool. */
const POOL_SIZE = /^(?:[A-Z]+_)?(?:DB_|DATABASE_|SQLALCHEMY_)?POOL_SIZE$/;

export default cause({
  id: 'memory/pool-too-large',
  topic: 'memory',
  title: 'The connection pool is larger than planned',
  severity: 'warning',
  why: 'each database connection costs memory in the application, and one of the database’s slots',
  seen: 'a pool size in the environment above the contract’s, in a pod whose memory is short',
  remedy: 'set the pool back to the size that the contract plans for each pod',
  explains: ['memory/near-limit'],
  reads: ['pods'],
  consults: ['metrics', 'cgroup', 'configMap'],
  judge({ pods }, look) {
    const { context, maybe } = look;
    const configMap = maybe('configMap');
    const imported = Object.entries((configMap.ok ? configMap.value?.data : undefined) ?? {});
    const planned = context.contract.database.poolSize;
    const isTooLarge = ([name, value]: readonly [string, string]) =>
      POOL_SIZE.test(name) && Number(value) > planned;
    return nearLimit(memoriesOf(podsToJudge(pods, look), look)).flatMap(({ pod }): Told[] => {
      const literals = (backendOf(pod, context)?.env ?? []).flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, value] as const],
      );
      const literal = literals.find(isTooLarge);
      const found = literal ?? imported.find(isTooLarge);
      if (!found) return [];
      const [variable, value] = found;
      const { name } = pod.metadata;
      const object = literal ? podRef(context.target, name) : configMapRef(context.target);
      return [
        {
          verdict: 'likely',
          object,
          pods: [name],
          summary: `{pods}: ${variable} is ${value}, where ${planned} connections were planned for each pod, and memory is short.`,
          evidence: [
            field(object, literal ? `spec.containers[].env[${variable}]` : `data.${variable}`, value),
          ],
          fix: [
            // What stands in the container's env replaces what the ConfigMap says.
            literal
              ? inTemplate(
                  context,
                  `Set it back to ${planned}.`,
                  setEnvArguments(context, `${variable}=${planned}`),
                )
              : setValues(
                  context,
                  `Set it back to ${planned}.`,
                  [`backend.env.${variable}=${planned}`],
                  setEnvArguments(context, `${variable}=${planned}`),
                ),
          ],
          wouldConfirm: 'memory use that falls with a smaller pool',
        },
      ];
    });
  },
});
