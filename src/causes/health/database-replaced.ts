import { replacedDatabase } from '../../computed/database-said.js';
import { HEALTH_CONSULTS } from '../../computed/probe-trouble.js';
import { advise, show } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { answerToOthers } from './_probe.js';

export default cause({
  id: 'health/database-replaced',
  topic: 'health',
  title: 'The application does not work with the contract’s database',
  severity: 'error',
  why: 'with a mock, a database in memory or in a file, or none at all every pod has data of its own, and loses them; with one that takes no writes nothing is kept',
  seen: 'a health endpoint that answers 200 and says of its database: mocked, in-memory, sqlite, disabled, read-only',
  remedy: 'take out what replaces the database or switches it off, and let the application use DATABASE_URL',
  explains: ['functional/health', 'functional/database-logs'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const answer = answerToOthers(pods, look);
    if (answer?.means !== 'database-replaced' || answer.database === undefined) return [];
    const { deployment } = look.context.target.names;
    const isReadOnly = replacedDatabase(answer.database) === 'read-only';
    const what = isReadOnly
      ? 'its database takes no writes'
      : 'it does not work with the contract’s database';
    return [
      {
        verdict: 'confirmed',
        object: answer.object,
        summary: `The health endpoint says of the application that ${what}: database “${answer.database}”${answer.unnoticed}.`,
        evidence: answer.evidence,
        fix: [
          advise(
            isReadOnly
              ? 'Use the host of the primary, and take out what makes the session read-only (a setting of the application, default_transaction_read_only).'
              : 'Take out of the application’s settings what replaces its database or switches it off (a variable for tests, a fallback), so that it uses DATABASE_URL.',
          ),
          show(
            look.context,
            'See which variables the container has.',
            `set env deployment/${deployment} --list`,
          ),
        ],
      },
    ];
  },
});
