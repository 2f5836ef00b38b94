/** What of API objects is hidden, and what is told of it. */
import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../src/evidence/objects.js';
import { AUTH_SECRET, DATABASE_URL, PATHS } from '../support/fake-client.js';
import { healthyApi, live } from '../support/live.js';

const CANARIES = [DATABASE_URL, AUTH_SECRET, 'Pg-Canary-77-xyzzy', 'todo_app:Pg-Canary'];

describe('credentials in objects', () => {
  test('ConfigMap: binary data are known by their keys, and credentials among them are named', async () => {
    const api = healthyApi();
    const binary = (text: string) => Buffer.from(text).toString('base64');
    api.objects[PATHS.configMap] = {
      metadata: { name: 'todo-chatbot-backend-config', deletionTimestamp: '2026-02-09T14:04:00Z' },
      data: { ENVIRONMENT: 'production' },
      binaryData: {
        LOGO: binary('\x89PNG plain'),
        DATABASE_URL: binary(DATABASE_URL),
        '.env': binary(`A=1\nexport URL=${DATABASE_URL}\n`),
        API_TOKEN: binary('Config-Canary-1'),
      },
    };
    const facts = await live(api).read('configMap');
    expect(facts).toMatchObject({
      binaryKeys: ['LOGO', 'DATABASE_URL', '.env', 'API_TOKEN'],
      hiddenKeys: ['DATABASE_URL', '.env', 'API_TOKEN'],
      data: { ENVIRONMENT: 'production' },
      deletionTimestamp: '2026-02-09T14:04:00Z',
    });
    expect(JSON.stringify(facts)).not.toMatch(/Canary/);
  });

  test('credentials in hooks and probes are hidden: command, header and path', async () => {
    const api = healthyApi();
    const deployment = structuredClone(api.objects[PATHS.deployment]) as Deployment;
    Object.assign(deployment.spec.template.spec.containers[0] ?? {}, {
      lifecycle: {
        postStart: { exec: { command: ['sh', '-c', `psql ${DATABASE_URL}`] } },
        preStop: { httpGet: { port: 8000, path: `/stop?url=${DATABASE_URL}` } },
      },
      livenessProbe: {
        httpGet: {
          port: 8000,
          path: '/api/health',
          httpHeaders: [{ name: 'X-Api-Key', value: 'Hook-Canary-1' }],
        },
      },
    });
    api.objects[PATHS.deployment] = deployment;
    const facts = await live(api).read('deployment');
    const [container] = facts?.spec.template.spec.containers ?? [];
    expect(JSON.stringify(container)).not.toMatch(/Hook-Canary/);
    for (const canary of CANARIES) expect(JSON.stringify(container)).not.toContain(canary);
    expect(container?.livenessProbe?.httpGet?.path).toBe('/api/health');
    expect(container?.lifecycle?.preStop?.httpGet?.path).toContain('(value hidden');
  });
});
