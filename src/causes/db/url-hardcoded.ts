import { deploymentRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { KEY, urlSource } from '../../computed/database-given.js';
import { run, setEnvArguments } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';

export default cause({
  id: 'db/url-hardcoded',
  topic: 'db',
  title: 'The DATABASE_URL is in the pod template',
  severity: 'error',
  why: 'whoever may read the Deployment reads the password, and a change of the Secret changes nothing',
  seen: 'the container’s env has a literal DATABASE_URL',
  remedy: 'take it from the Secret (envFrom or secretKeyRef)',
  explains: ['deployment/no-inline-secrets', 'deployment/environment'],
  reads: ['deployment', 'environment'],
  judge({ deployment, environment }, { context }) {
    const source = urlSource(deployment, environment, context);
    if (source.state !== 'literal') return [];
    const { names } = context.target;
    const object = deploymentRef(context.target);
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Deployment ${names.deployment} has the DATABASE_URL itself in its pod template, so whoever may read it reads the password, and a change of Secret ${names.secret} has no effect.`,
        evidence: [field(object, source.field, '(value hidden)')],
        fix: [
          run(
            context,
            `Take it out, so that it comes from Secret ${names.secret}; then change the password, which others may have read.`,
            setEnvArguments(context, `${KEY}-`),
          ),
        ],
      },
    ];
  },
});
