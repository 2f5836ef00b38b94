import type { CheckContext } from '../../rule/context.js';
import type { EnvironmentFacts } from '../../evidence/evidence.js';
import { deploymentRef, podRef } from '../../rule/object-ref.js';
import type { Fix } from '../../rule/diagnosis.js';
import { field, observed } from '../../rule/seen.js';
import { DB_CONSULTS, type DbLook } from '../../computed/database-ways.js';
import { KEY, urlSource, urlValue } from '../../computed/database-given.js';
import { inTemplate, run, setEnvArguments, setKeys } from '../../fixes/described.js';
import { cause, type Told } from '../../rule/cause.js';
import { UNUSABLE } from './_follows.js';
import { toldOfWay, type TellWay } from './_way.js';

export default cause({
  id: 'db/url-missing',
  topic: 'db',
  title: 'The application has no DATABASE_URL',
  severity: 'error',
  why: 'without it the application does not know its database, and ends at its start or fails its first query',
  seen: 'the container does not take DATABASE_URL from anywhere, or the Secret does not have the key, or it is empty',
  remedy: 'put DATABASE_URL into the backend’s Secret, and let the container take it from there',
  explains: [
    'config/secret',
    'config/database-url',
    'deployment/environment',
    'crash/missing-environment',
    // What a driver says of an empty value.
    'db/url-malformed',
    ...UNUSABLE,
  ],
  reads: [],
  consults: DB_CONSULTS,
  judge(_, look) {
    switch (look.step) {
      case 'env':
        return notTaken(look);
      case 'secret':
        return nothingBehind(look);
      default:
        return toldOfWay('db/url-missing', runsWithout, look);
    }
  },
});

/** The container takes it from nowhere. */
function notTaken({ context, maybe }: DbLook): Told[] {
  const [deployment, environment] = [maybe('deployment'), maybe('environment')];
  if (!deployment.ok || !environment.ok) return [];
  const source = urlSource(deployment.value, environment.value, context);
  if (source.state !== 'none') return [];
  const { names } = context.target;
  const object = deploymentRef(context.target);
  return [
    {
      verdict: 'confirmed',
      object,
      summary: `The container of Deployment ${names.deployment} does not take DATABASE_URL from Secret ${names.secret}.`,
      evidence: [field(object, source.field, source.how)],
      fix: [takeFromSecret(context, environment.value)],
    },
  ];
}

/** What it takes it from does not have it. */
function nothingBehind({ context, maybe }: DbLook): Told[] {
  const [secret, environment] = [maybe('secret'), maybe('environment')];
  if (!secret.ok || !environment.ok) return [];
  const value = urlValue(secret.value, environment.value, context);
  if (value.state === 'given' || value.state === 'other-way') return [];
  const { state, object, key, keys } = value;
  const { kind, name } = object;
  const known = keys === '' ? 'no key' : (keys ?? `no ${key}`);
  const [what, seen] = {
    missing: [`${kind} ${name} does not exist`, field(object, 'data', 'no such object')] as const,
    empty: [`${kind} ${name} has an empty ${key}`, field(object, value.field, 'empty')] as const,
    'no such key': [`${kind} ${name} has no key ${key}`, field(object, 'data', known)] as const,
  }[state];
  const isOwn = key === KEY && name === context.target.names.secret;
  return [
    {
      verdict: 'confirmed',
      object,
      summary: `${what}, so the application does not know its database.`,
      evidence: [seen],
      fix: [
        kind === 'Secret'
          ? setKeys(context, [isOwn ? KEY : { secret: name, key }], state !== 'missing')
          : takeFromSecret(context, environment.value),
      ],
    },
  ];
}

/** With the other keys of the contract that the container gets from nowhere: without them it would not start either. */
function takeFromSecret(context: CheckContext, { variables }: Readonly<EnvironmentFacts>): Fix {
  const { secret } = context.target.names;
  const given = new Set(variables.map(({ name }) => name));
  const others = context.contract.backend.requiredSecretKeys.filter((key) => key !== KEY && !given.has(key));
  return inTemplate(
    context,
    `Let the container take ${others.length === 0 ? 'it' : [KEY, ...others].join(' and ')} from Secret ${secret}.`,
    setEnvArguments(context, `--keys=${[KEY, ...others].join(',')}`, `--from=secret/${secret}`),
  );
}

/** The container runs without one, whatever the Secret has now: it was filled after its start, or something takes it away. */
const runsWithout: TellWay = ({ way }, { context }) => {
  const isEmpty = way.ladder?.url === 'empty';
  return {
    summary: `{pods}: the container runs ${isEmpty ? 'with an empty DATABASE_URL' : 'without a DATABASE_URL'}; what its pod template refers to has one now, so it was put there after the start, or the start command takes it away.`,
    evidence: [
      observed(
        'environment inside the pod',
        podRef(context.target, way.pod.metadata.name),
        `DATABASE_URL is ${isEmpty ? 'empty' : 'not set'}`,
      ),
    ],
    fix: [
      run(
        context,
        'Restart the pods, so that they take the value that is there now.',
        `rollout restart deployment/${context.target.names.deployment}`,
      ),
    ],
    ruledOut: [],
  };
};
