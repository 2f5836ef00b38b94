import type { Fix } from '../../rule/diagnosis.js';
import { inTemplate, setEnvArguments, setValues } from '../../fixes/described.js';
import type { End, EndLook } from '../../computed/container-ends.js';
import { adviceOf, crashCause } from '../crashed.js';
import { serviceLinkFix } from './_service-link.js';

const REMEDY =
  'correct the variable in the ConfigMap or the Secret, and restart the pods; lists and objects are written as JSON';

/** Lines before the end in which the variable may be named. */
const LAST_LINES = 5;

export default crashCause({
  id: 'crash/settings-invalid',
  title: 'A setting in the environment has a value that the application does not take',
  why: 'the application checks its settings when it starts, and ends where one is wrong',
  seen: 'pydantic’s ValidationError with the field and what is wrong with it, or SettingsError: error parsing value for field',
  remedy: REMEDY,
  explains: ['config/configmap', 'config/environment-value', 'config/log-level-value', 'db/other'],
  what: ({ sign }) =>
    `the application ends because a setting in its environment has a value that it does not take: ${sign?.named.level === undefined ? (sign?.subject ?? 'see the log') : `“${sign.named.level}”`}`,
  fix: (end, look) => serviceLinkFix(end) ?? [...correct(end, look), adviceOf(REMEDY)],
});

/** What the contract has for a variable; else the application's own default, where the pod template gives the value itself. */
function correct({ sign, container, read }: End, { context }: EndLook): Fix[] {
  const { env } = context.contract.backend;
  const { logLevels, environments } = context.contract.allowed;
  const words = read.slice(-LAST_LINES).map(({ text }) => text);
  // pydantic tells the field, which has the variable's name in lower case.
  const fields = (sign?.subject ?? '').toUpperCase().split(/\W+/);
  const isNamed = (name: string) => fields.includes(name.toUpperCase()) || words.join(' ').includes(name);
  const contracted = Object.keys(env).find(
    (name) => isNamed(name) || (name === 'LOG_LEVEL' && sign?.named.level !== undefined),
  );
  if (contracted !== undefined) {
    // The values that the release was installed with may be what is wrong.
    const own = env[contracted] ?? '';
    const allowed = { LOG_LEVEL: logLevels, ENVIRONMENT: environments }[contracted] ?? [own];
    const meant =
      allowed.find((each) => each.toLowerCase() === own.trim().toLowerCase()) ?? allowed[0] ?? own;
    const value = `${contracted}=${meant}`;
    return [
      setValues(
        context,
        'Give it the contract’s value.',
        [`backend.env.${value}`],
        setEnvArguments(context, value),
      ),
    ];
  }
  const literal = container.spec?.env?.find(({ name, value }) => value !== undefined && isNamed(name));
  if (literal === undefined || container.role !== 'backend') return [];
  return [
    inTemplate(
      context,
      `Take ${literal.name} out of the pod template, so that the application’s own default counts.`,
      setEnvArguments(context, `${literal.name}-`),
    ),
  ];
}
