import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/no-inline-secrets.js';
import type { Container, EnvVar } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const HIDDEN = '(value hidden, 44 characters)';
const withContainer = (change: Partial<Container>) =>
  judge(check, ({ deployment }) => Object.assign(deployment.spec.template.spec.containers[0] ?? {}, change));
const withEnv = (...env: EnvVar[]) => withContainer({ env });

describe('deployment/no-inline-secrets', () => {
  test('passes on a template that only refers to the Secret', () => {
    expect(judge(check).status).toBe('pass');
    expect(
      withEnv({ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }).status,
    ).toBe('pass');
  });

  test.each<[string, EnvVar]>([
    ['a required key', { name: 'DATABASE_URL', value: 'anything' }],
    ['an optional key', { name: 'NEXT_PUBLIC_OPENROUTER_KEY', value: 'anything' }],
    ['what the reader recognised', { name: 'UPSTREAM', value: HIDDEN, hidden: 'url-with-password' }],
    ['what the reader hid inside a longer value', { name: 'OPTIONS', value: `--url=${HIDDEN}` }],
  ])('fails on %s', (_, entry) => {
    const judged = withEnv({ name: 'OK', value: '1' }, entry);
    expect(judged).toMatchObject({ status: 'fail', ids: ['inline'] });
    expect(judged.messages[0]).toBe(
      `${entry.name} of container backend has its secret value in the pod template`,
    );
    expect(judged.findings[0]?.data?.field).toBe('spec.template.spec.containers[0].env[1]');
  });

  test('no finding repeats a value', () => {
    const judged = withEnv(
      { name: 'DATABASE_URL', value: 'canary-1' },
      { name: 'ADMIN_PASSWORD', value: 'canary-2', hidden: 'secret-key' },
    );
    expect(judged.ids).toEqual(['inline', 'suspicious']);
    expect(JSON.stringify(judged)).not.toMatch(/canary/);
  });

  test('finds secrets in command, args and annotations, and in init containers', () => {
    const judged = judge(check, ({ deployment }) => {
      const { template } = deployment.spec;
      Object.assign(template.spec.containers[0] ?? {}, {
        command: ['app', `--key=${HIDDEN}`],
        args: ['-v', HIDDEN],
      });
      template.spec.initContainers = [{ name: 'migrate', env: [{ name: 'DATABASE_URL', value: 'x' }] }];
      template.metadata = { ...template.metadata, annotations: { note: HIDDEN } };
      deployment.metadata.annotations = { old: HIDDEN };
    });
    expect(judged.ids).toEqual(['inline', 'hidden-text', 'hidden-text', 'hidden-text', 'hidden-text']);
    expect(judged.findings.map(({ data }) => data?.field)).toEqual([
      'spec.template.spec.initContainers[0].env[0]',
      'spec.template.spec.containers[0].command[1]',
      'spec.template.spec.containers[0].args[1]',
      "metadata.annotations['old']",
      "spec.template.metadata.annotations['note']",
    ]);
    expect(judged.messages[1]).toBe('command of container backend holds a secret');
  });

  test('only warns of what the reader hid for its name', () => {
    const judged = withEnv({ name: 'SMTP_PASSWORD', value: HIDDEN, hidden: 'secret-key' });
    expect(judged).toMatchObject({ status: 'warn', ids: ['suspicious'] });
    expect(withEnv({ name: 'DATABASE_URL', value: HIDDEN, hidden: 'secret-key' }).ids).toEqual(['inline']);
  });

  test('fails on a value that the reader knows from a Secret, whatever it is called', () => {
    expect(withEnv({ name: 'NOTE', value: HIDDEN, hidden: 'known-secret-value' }).ids).toEqual(['inline']);
  });

  test.each<EnvVar>([
    { name: 'TOKEN_EXPIRY', value: 'soon' },
    { name: 'DATABASE_URL', value: 'postgresql://$(DB_USER)@db' },
    { name: 'DATABASE_URL', value: '' },
  ])('keeps silent about $name=$value', (entry) => {
    expect(withEnv(entry).status).toBe('pass');
  });

  const exec = { exec: { command: ['sh', '-c', `curl -u ${HIDDEN}`] } };
  const header = { httpGet: { port: 8000, httpHeaders: [{ name: 'Authorization', value: HIDDEN }] } };
  const asked = { httpGet: { port: 8000, path: `/api/health?token=${HIDDEN}` } };

  test.each<[string, Partial<Container>, string]>([
    ['a postStart hook', { lifecycle: { postStart: exec } }, 'lifecycle.postStart.exec.command[2]'],
    ['a preStop hook', { lifecycle: { preStop: exec } }, 'lifecycle.preStop.exec.command[2]'],
    [
      'a preStop hook’s header',
      { lifecycle: { preStop: header } },
      'lifecycle.preStop.httpGet.httpHeaders[0]',
    ],
    ['a liveness probe', { livenessProbe: exec }, 'livenessProbe.exec.command[2]'],
    ['a readiness probe’s header', { readinessProbe: header }, 'readinessProbe.httpGet.httpHeaders[0]'],
    ['a startup probe’s path', { startupProbe: asked }, "startupProbe.httpGet['path']"],
  ])('fails on a secret in %s', (what, change, field) => {
    const judged = withContainer(change);
    expect(judged).toMatchObject({ status: 'fail', ids: ['hidden-text'] });
    expect(judged.findings[0]?.data?.field).toBe(`spec.template.spec.containers[0].${field}`);
    expect(judged.messages[0]).toContain(what.replace(/^a |’s .*/g, ''));
  });
});
