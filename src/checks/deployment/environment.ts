import { deploymentRef } from '../../rule/object-ref.js';
import { containerName } from '../../contract/target.js';
import { fix, text } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import type { Contract } from '../../contract/contract.js';
import { isOpen } from '../../contract/open.js';
import { defineCheck, type Finding } from '../check.js';
import { absent, failOrWarn } from '../shared.js';
import { IN_CHART } from '../../fixes/commands.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';
import { entryOf, importsOf, type Import } from '../../computed/template-environment.js';
import { comesFromSecret } from '../../computed/variable-place.js';

type Message = 'not-wired' | 'overridden' | 'prefix' | 'wrong-source' | 'wrong-key' | 'literal' | 'optional';

export default defineCheck({
  meta: {
    id: 'deployment/environment',
    title: 'Container gets its environment from the ConfigMap and the Secret',
    failureTitle: 'Container does not get its environment as the contract demands',
    why: 'a variable that comes from elsewhere keeps its old value when the ConfigMap or Secret is changed',
    remedy: (context, findings) => {
      const { env, requiredSecretKeys } = context.contract.backend;
      const { deployment, configMap, secret } = context.target.names;
      const wrong =
        findings.length > 0
          ? findings.map(({ data }) => String(data?.variable))
          : [...Object.keys(env), ...requiredSecretKeys];
      const take = (keys: string[], from: string) =>
        keys.length === 0
          ? []
          : [
              fix(
                kubectl(
                  context,
                  `set env deployment/${deployment} -c ${containerName(context)}` +
                    ` --keys=${keys.join(',')} --from=${from}`,
                ),
              ),
            ];
      return [
        ...take(
          wrong.filter((key) => Object.hasOwn(env, key)),
          `configmap/${configMap}`,
        ),
        ...take(
          wrong.filter((key) => !Object.hasOwn(env, key)),
          `secret/${secret}`,
        ),
        ...(context.target.helm ? [text(IN_CHART)] : []),
      ];
    },
    severity: 'error',
    reads: ['deployment', 'environment'],
    needs: ['deployment/exists'],
    messages: {
      'not-wired': '{variable} is not taken from {expected}',
      overridden: '{variable} is taken from {found}, which replaces what {expected} says',
      prefix: '{variable} is imported with a prefix, as {found}: the application does not find it',
      'wrong-source': '{variable} is taken from {found}',
      'wrong-key': '{variable} is taken from another key: {found}',
      literal: '{variable} has its value in the pod template, which hides the ConfigMap’s',
      optional: '{variable} is optional: without its value the pod starts all the same',
    },
    contractSection: 'Environment Configuration; Security Requirements: Secret Management',
  },
  evaluate({ deployment, environment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const located = backendContainer(deployment, { contract, target });
    if (!located) return NO_CONTAINER;
    const { container, path } = located;
    const imports = importsOf(container);
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];

    const demand = (variable: string, kind: Import['kind'], object: string) => {
      const { name, key } = placeInSecret(variable, kind, object, contract);
      // Any Secret will do, and any key, alone or put together with others.
      const open = kind === 'Secret' && isOpen(contract, `backend.secretKeys.${variable}`);
      const expected = open ? 'a Secret' : `${kind} ${name}, key ${key}`;
      const add = (list: Finding<Message>[], messageId: Message, found: string, field: string) =>
        list.push({
          messageId,
          data: { variable, expected, found, field: `${path}.${field}` },
          object: deploymentRef(target),
        });
      const entry = entryOf(container, variable);
      if (entry?.from === 'literal') {
        const found = { plain: 'a literal value', empty: 'an empty value', expansion: 'other variables' }[
          entry.literal
        ];
        const isPutTogether = entry.literal === 'expansion' && comesFromSecret(environment, variable);
        if (kind === 'ConfigMap') add(failures, 'literal', found, entry.field);
        else if (open && isPutTogether) return;
        // A secret's plain text in the pod template is the matter of deployment/no-inline-secrets.
        else if (entry.literal !== 'plain') add(failures, 'wrong-source', found, entry.field);
      } else if (entry?.from === 'other') {
        add(failures, 'wrong-source', entry.what, entry.field);
      } else if (entry) {
        const found = `${entry.kind} ${entry.name}, key ${entry.key}`;
        const isOther = !open && entry.name !== name;
        if (entry.kind !== kind || isOther) add(failures, 'wrong-source', found, entry.field);
        else if (!open && entry.key !== key) add(failures, 'wrong-key', found, entry.field);
        else if (entry.optional) add(warnings, 'optional', 'optional: true', entry.field);
      } else {
        const sources = imports.filter((source) => source.kind === kind && source.name === name);
        const source = sources.find(({ prefix }) => `${prefix}${key}` === variable);
        const effective = environment.variables.find((each) => each.name === variable);
        const from = effective?.source;
        const winner = from?.from === 'ConfigMap' || from?.from === 'Secret' ? from : undefined;
        const field = effective?.field ?? 'envFrom';
        const found = winner === undefined ? '' : `${winner.from} ${winner.name}, key ${winner.key}`;
        if (open && winner?.from === kind) {
          if (effective?.optional === true) add(warnings, 'optional', 'optional: true', field);
        } else if (source && winner && winner.name !== name) add(failures, 'overridden', found, field);
        else if (winner?.from === kind && winner.name === name && winner.key !== key)
          add(failures, 'wrong-key', found, field);
        else if (!source && sources.length > 0 && winner) add(failures, 'wrong-source', found, field);
        else if (source?.optional) add(warnings, 'optional', 'optional: true', source.field);
        else if (!source && sources[0])
          add(failures, 'prefix', `${sources[0].prefix}${variable}`, sources[0].field);
        else if (!source)
          add(failures, 'not-wired', imports.map(describe).join(', ') || 'no such variable', 'envFrom');
      }
    };
    const { env, requiredSecretKeys, optionalSecretKeys } = contract.backend;
    const settings = Object.keys(env).filter((variable) => !isOpen(contract, `backend.env.${variable}`));
    for (const variable of settings) demand(variable, 'ConfigMap', target.names.configMap);
    // An optional key may be left out, but where it has an entry it must come from the Secret as well.
    const secrets = [...requiredSecretKeys, ...optionalSecretKeys.filter((key) => entryOf(container, key))];
    for (const variable of secrets) demand(variable, 'Secret', target.names.secret);
    const literal = secrets.filter((variable) => entryOf(container, variable)?.from === 'literal');
    const facts = [
      [settings, 'from the ConfigMap'],
      [secrets.filter((variable) => !literal.includes(variable)), 'from the Secret'],
      [literal, 'a literal value (see deployment/no-inline-secrets)'],
    ] as const;
    return failOrWarn(
      failures,
      warnings,
      facts.flatMap(([names, from]) => (names.length > 0 ? `${names.join(', ')} ${from}` : [])).join(', '),
    );
  },
});

/** Where the contract wants a secret variable from: the Secret's key of its name, unless it says another. */
function placeInSecret(variable: string, kind: Import['kind'], name: string, { backend }: Contract) {
  const given = kind === 'Secret' ? backend.secretKeys[variable] : undefined;
  const [first = variable, second] = given?.split('/') ?? [];
  return second === undefined ? { name, key: first } : { name: first, key: second };
}

function describe({ kind, name }: Import): string {
  return `envFrom ${kind} ${name}`;
}
