import { patchContainer } from '../../fixes/commands.js';
import { inTemplate, run, setEnvArguments, setKeys, setValues } from '../../fixes/described.js';
import type { End } from '../../computed/container-ends.js';
import { crashCause } from '../crashed.js';

export default crashCause({
  id: 'crash/missing-environment',
  title: 'An environment variable that the application needs is missing',
  why: 'the application checks its settings when it starts, and ends where one is missing',
  seen: 'pydantic’s Field required, KeyError with the variable’s name, or a text that says that a variable is not set or is required',
  remedy: 'put the variable into the Secret or the ConfigMap, and restart the pods',
  explains: [
    'config/secret',
    'config/configmap',
    'deployment/environment',
    'config/database-url',
    'config/auth-secret-length',
    'db/other',
  ],
  what(end) {
    const prefixes = prefixesOf(end);
    const renamed =
      prefixes.length === 0
        ? ''
        : `; envFrom gives what it imports other names, with the prefix ${prefixes.join(' and ')}`;
    return `the application ends because of a variable that is missing from its environment: ${end.sign?.subject ?? 'see the log'}${renamed}`;
  },
  fix(end, { context }) {
    const { sign, container } = end;
    if (prefixesOf(end).length > 0 && container.role === 'backend') {
      const envFrom = (container.spec?.envFrom ?? []).map(({ configMapRef, secretRef }) => ({
        ...(configMapRef && { configMapRef }),
        ...(secretRef && { secretRef }),
      }));
      return [
        inTemplate(
          context,
          'Take the prefix out of envFrom: the application looks for the names as they are.',
          patchContainer(context, { envFrom }),
        ),
      ];
    }
    const { env, optionalSecretKeys, requiredSecretKeys } = context.contract.backend;
    const secret = [...requiredSecretKeys, ...optionalSecretKeys];
    // pydantic tells the field, which has the variable's name in lower case.
    const known = [...secret, ...Object.keys(env)];
    const names = (sign?.missing ?? []).map(
      (name) => known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name,
    );
    if (names.length > 0 && names.every((name) => secret.includes(name))) {
      return [
        setKeys(context, names),
        run(
          context,
          'Then restart the pods: they keep the environment that they were started with.',
          `rollout restart deployment/${context.target.names.deployment}`,
        ),
      ];
    }
    const entries = names.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]));
    const [first, ...rest] = entries.map((entry) => `backend.env.${entry}`);
    if (first === undefined) return [];
    return [
      setValues(
        context,
        'Give it the contract’s value.',
        [first, ...rest],
        setEnvArguments(context, ...entries),
      ),
    ];
  },
});

/** Prefixes under which the container imports whole Secrets and ConfigMaps. */
function prefixesOf({ container: { spec } }: End): string[] {
  return [...new Set((spec?.envFrom ?? []).flatMap(({ prefix = '' }) => (prefix === '' ? [] : [prefix])))];
}
