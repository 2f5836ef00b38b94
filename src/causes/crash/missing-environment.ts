import { run, setEnvArguments, setKeys, setValues } from '../../diagnoses/fixes.js';
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
  what: ({ sign }) =>
    `the application ends because of a variable that is missing from its environment: ${sign?.subject ?? 'see the log'}`,
  fix({ sign }, { context }) {
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
