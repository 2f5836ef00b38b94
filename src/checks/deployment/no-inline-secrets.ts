import { deploymentRef } from '../../rule/object-ref.js';
import { text } from '../../rule/fix.js';
import type { Container, EnvVar, LifecycleHandler } from '../../evidence/objects.js';
import { defineCheck, type Finding } from '../check.js';
import { absent, failOrWarn } from '../shared.js';
import { literalOf } from '../../computed/template-environment.js';

type Message = 'inline' | 'hidden-text' | 'suspicious';

/** What the evidence reader leaves in the place of a credential (see EnvVar.hidden). */
const HIDDEN = /\(value hidden(?:, \d+ characters?)?\)/;

/** How the reader recognised a credential by its value, not by the variable's name alone. */
const HIDDEN_FOR_SURE = new Set<string>(['url-with-password', 'known-secret-value']);

export default defineCheck({
  meta: {
    id: 'deployment/no-inline-secrets',
    title: 'Pod template holds no secret in plain text',
    failureTitle: 'Pod template holds a secret in plain text',
    why: 'whoever may read Deployments reads the secret, and it stays in every old ReplicaSet and Helm release',
    remedy: ({ target }) => [
      text(
        `Let the pod template take it from Secret ${target.names.secret}; then change the secret, which others may have read.`,
      ),
    ],
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      inline: '{variable} of container {container} has its secret value in the pod template',
      'hidden-text': '{where} holds a secret',
      suspicious:
        '{variable} of container {container} looks like a credential and has its value in the pod template',
    },
    contractSection: 'Security Requirements: Secret Management',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const { requiredSecretKeys, optionalSecretKeys } = contract.backend;
    const secretKeys = new Set([...requiredSecretKeys, ...optionalSecretKeys]);
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const object = deploymentRef(target);
    const expected = `a reference to Secret ${target.names.secret}`;
    const found = 'a literal value (hidden)';

    const judgeVariable = (entry: EnvVar, container: string, field: string) => {
      const { hidden, name: variable, value = '', valueFrom } = entry;
      if (valueFrom || value === '') return;
      const data = { variable, container, expected, found, field };
      const demanded = secretKeys.has(variable) && literalOf(entry) === 'plain';
      if (demanded || HIDDEN_FOR_SURE.has(hidden ?? '') || (hidden === undefined && HIDDEN.test(value))) {
        failures.push({ messageId: 'inline', data, object });
      } else if (hidden !== undefined) {
        // Only its name speaks against it: it may as well be the path of a mounted secret.
        warnings.push({ messageId: 'suspicious', data, object });
      }
    };
    const judgeTexts = (
      texts: Record<string, string> | string[] | undefined,
      where: string,
      path: string,
    ) => {
      for (const [key, text] of Object.entries(texts ?? {})) {
        const field = Array.isArray(texts) ? `${path}[${key}]` : `${path}['${key}']`;
        if (!HIDDEN.test(text)) continue;
        failures.push({ messageId: 'hidden-text', data: { where, expected, found, field }, object });
      }
    };
    const judgeContainer = (container: Container, path: string) => {
      for (const [at, entry] of (container.env ?? []).entries()) {
        judgeVariable(entry, container.name, `${path}.env[${at}]`);
      }
      judgeTexts(container.command, `command of container ${container.name}`, `${path}.command`);
      judgeTexts(container.args, `args of container ${container.name}`, `${path}.args`);
      for (const [what, field, handler] of handlersOf(container)) {
        const where = `${what} of container ${container.name}`;
        judgeTexts(handler?.exec?.command, `the command of the ${where}`, `${path}.${field}.exec.command`);
        const { path: asked = '', httpHeaders = [] } = handler?.httpGet ?? {};
        judgeTexts({ path: asked }, `the path of the ${where}`, `${path}.${field}.httpGet`);
        const headers = httpHeaders.map(({ value }) => value);
        judgeTexts(headers, `a header of the ${where}`, `${path}.${field}.httpGet.httpHeaders`);
      }
    };

    const { metadata, spec } = deployment.spec.template;
    for (const group of ['initContainers', 'containers'] as const) {
      for (const [at, container] of (spec[group] ?? []).entries()) {
        judgeContainer(container, `spec.template.spec.${group}[${at}]`);
      }
    }
    judgeTexts(deployment.metadata.annotations, 'an annotation of the Deployment', 'metadata.annotations');
    judgeTexts(
      metadata?.annotations,
      'an annotation of the pod template',
      'spec.template.metadata.annotations',
    );
    return failOrWarn(
      failures,
      warnings,
      'no literal credential in environment, commands, probes, hooks or annotations',
    );
  },
});

/** What the kubelet runs in a container, or asks it for: in words, by field. */
function handlersOf(
  container: Container,
): [what: string, field: string, handler: LifecycleHandler | undefined][] {
  return [
    ['liveness probe', 'livenessProbe', container.livenessProbe],
    ['readiness probe', 'readinessProbe', container.readinessProbe],
    ['startup probe', 'startupProbe', container.startupProbe],
    ['postStart hook', 'lifecycle.postStart', container.lifecycle?.postStart],
    ['preStop hook', 'lifecycle.preStop', container.lifecycle?.preStop],
  ];
}
