/**
 * The contract's schema: types, ranges, meaning and section of each field. Its defaults are those of `contract.ts`.
 * Each error says what was expected, so that a message needs only to add what was found.
 * Costs tens of milliseconds to load: import it only where something is validated or described.
 */
import { z } from 'zod';
import { backend } from './backend-schema.js';
import { DEFAULT_CONTRACT, type Contract } from './contract.js';
import {
  about,
  integer,
  text,
  oneOf,
  list,
  urlPath,
  secretKey,
  logPattern,
  section,
} from './schema-fields.js';

const D = DEFAULT_CONTRACT;

const printableName = () => text('a name without spaces', /^[\w.-]+$/, 63);

const objectName = () => text('the name of an object, or nothing', /^[a-z0-9.-]*$/);
const fieldPath = () => text('the path of a value, such as backend.image.tag', /^[\w.\\-]+$/);
const checkId = () => text('the id of a check, such as deployment/resources', /^[a-z-]+\/[a-z0-9-]+$/);

const accepted = z.strictObject({
  check: checkId().meta(about('Id of the check.', section.metadata)),
  object: text('Kind/name, or a name', /^[\w./-]+$/)
    .optional()
    .meta(about('The one object that is meant (default: all).', section.metadata)),
  finding: text('the id of a finding', /^[\w-]+$/)
    .optional()
    .meta(about('The one finding that is meant (default: all).', section.metadata)),
  reason: text('a reason, in a sentence', /^[^\p{C}]*\S[^\p{C}]*$/u, 500).meta(
    about('Why it is accepted.', section.metadata),
  ),
  until: text('a day such as 2027-03-31', /^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .meta(about('The last day on which it is accepted.', section.metadata)),
});

/** The contract; every field may be left out, and then has the written contract's value. */
export const ContractSchema = z
  .strictObject({
    names: z
      .strictObject({
        deployment: objectName()
          .default('')
          .meta(about('Name of the Deployment; empty: as the release gives it.', section.metadata)),
        service: objectName()
          .default('')
          .meta(about('Name of the Service; empty: as the release gives it.', section.metadata)),
        configMap: objectName()
          .default('')
          .meta(about('Name of the ConfigMap; empty: as the release gives it.', section.metadata)),
        secret: objectName()
          .default('')
          .meta(about('Name of the Secret; empty: as the release gives it.', section.metadata)),
      })
      .prefault({})
      .meta(about('Names of the backend’s objects.', section.metadata)),
    labels: oneOf('helm', 'any')
      .default(D.labels)
      .meta(
        about('helm: the standard Helm labels; any: labels and selectors are left open.', section.metadata),
      ),
    any: list(fieldPath(), 0)
      .default(D.any)
      .meta(about('Paths of values that are left open. Written as: <key>: any', section.metadata)),
    absent: list(fieldPath(), 0)
      .default(D.absent)
      .meta(about('Paths of values that must not be there. Written as: <key>: absent', section.metadata)),
    accepted: z
      .array(accepted, { error: 'expected a list of accepted deviations' })
      .max(200, { error: 'expected a list of at most 200' })
      .default(D.accepted)
      .meta(about('Deviations that are accepted, each with its reason.', section.metadata)),
    knownWeaknesses: list(checkId(), 0)
      .default(D.knownWeaknesses)
      .meta(about('Checks that warn instead of failing until they are fixed or accepted.', section.metadata)),
    backend,
    allowed: z
      .strictObject({
        environments: list(printableName(), 1)
          .default(D.allowed.environments)
          .meta(about('Values of ENVIRONMENT that are allowed at all.', section.configMap)),
        logLevels: list(printableName(), 1)
          .default(D.allowed.logLevels)
          .meta(about('Values of LOG_LEVEL that are allowed at all.', section.configMap)),
      })
      .prefault({})
      .meta(about('Allowed values of the environment.', section.configMap)),
    secrets: z
      .strictObject({
        authSecretMinLength: integer(1, 4096)
          .default(D.secrets.authSecretMinLength)
          .meta(about('Least number of characters of the signing secret.', section.secretManagement)),
        authSecretKey: secretKey()
          .default(D.secrets.authSecretKey)
          .meta(about('The variable that holds the signing secret.', section.secretManagement)),
      })
      .prefault({})
      .meta(about('Demands on secret values.', section.secretManagement)),
    database: z
      .strictObject({
        sslModes: list(oneOf('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'), 1)
          .default(D.database.sslModes)
          .meta(about('Values of sslmode in DATABASE_URL that satisfy the contract.', section.connection)),
        poolSize: integer(1, 10_000)
          .default(D.database.poolSize)
          .meta(about('Database connections of each pod.', section.pooling)),
        maxConnections: integer(1, 1_000_000)
          .default(D.database.maxConnections)
          .meta(about('Connections that the database accepts in all.', section.pooling)),
        connectedLogPatterns: list(logPattern(), 1)
          .default(D.database.connectedLogPatterns)
          .meta(
            about(
              'Regular expressions, case-insensitive, of log lines that show a connection that worked.',
              section.functional,
            ),
          ),
        errorLogPatterns: list(logPattern(), 0)
          .default(D.database.errorLogPatterns)
          .meta(
            about(
              'Regular expressions, case-insensitive, of log lines that show a database error.',
              section.functional,
            ),
          ),
      })
      .prefault({})
      .meta(about('The database.', 'Database Connectivity')),
    http: z
      .strictObject({
        healthPath: urlPath()
          .default(D.http.healthPath)
          .meta(about('Path of the health endpoint.', section.functional)),
        docsPath: urlPath()
          .default(D.http.docsPath)
          .meta(about('Path of the API documentation.', section.functional)),
        tasksPath: urlPath()
          .default(D.http.tasksPath)
          .meta(about('Path of an endpoint that demands a token.', section.functional)),
        tasksStatuses: list(text('an HTTP status such as 401', /^[1-5]\d\d$/), 1)
          .default(D.http.tasksStatuses)
          .meta(about('Statuses with which it may refuse a request without a token.', section.functional)),
        healthLatencyWarnMs: integer(1, 600_000)
          .default(D.http.healthLatencyWarnMs)
          .meta(about('Milliseconds above which a health response is called slow.', section.healthEndpoint)),
      })
      .prefault({})
      .meta(about('The HTTP endpoints.', section.functional)),
    loadBalancing: z
      .strictObject({
        requests: integer(1, 10_000)
          .default(D.loadBalancing.requests)
          .meta(about('Requests, each on a connection of its own.', section.loadBalancing)),
        confidence: z
          .number({ error: 'expected a number from 0.5 to 0.999999' })
          .min(0.5, { error: 'expected a number from 0.5 to 0.999999' })
          .max(0.999999, { error: 'expected a number from 0.5 to 0.999999' })
          .default(D.loadBalancing.confidence)
          .meta(about('Probability with which an even spread is not called uneven.', section.loadBalancing)),
      })
      .prefault({})
      .meta(about('How load balancing is measured.', section.loadBalancing)),
  })
  .meta({
    title: 'todo-k8s contract',
    ...about('What the backend deployment must look like.', 'Backend Deployment Contract'),
  }) satisfies z.ZodType<Contract>;
