import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/frontend-backend-url.js';
import type { FrontendUrl } from '../../../src/evidence/evidence.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { NOW } from '../../support/healthy.js';

const SERVICE = { name: 'todo-chatbot-backend', namespace: 'default', ports: [8000] };
const url = (more: Partial<FrontendUrl>): FrontendUrl => ({
  variable: 'BACKEND_URL',
  container: 'frontend',
  source: { from: 'template', uses: [] },
  forBrowsers: false,
  leads: 'service',
  origin: 'http://todo-chatbot-backend:8000',
  host: 'todo-chatbot-backend',
  port: 8000,
  service: SERVICE,
  ...more,
});
const given = (urls: FrontendUrl[], isAlone = true) =>
  judge(check, (evidence) => {
    evidence.frontendUrls = { deployment: 'todo-chatbot-frontend', urls, isAlone, origins: [] };
  });

describe('config/frontend-backend-url', () => {
  test('is skipped, with the reason, where there is nothing to judge', () => {
    expect(judge(check)).toMatchObject({ status: 'skip', text: 'no frontend of this release is installed' });
    expect(given([])).toMatchObject({
      status: 'skip',
      text: 'no variable of the frontend holds a URL of the backend: its image has it, or asks its own host',
    });
    const outside = url({
      leads: 'elsewhere',
      origin: 'https://api.example.com',
      service: undefined,
    });
    expect(given([outside])).toMatchObject({
      status: 'skip',
      text: 'BACKEND_URL: https://api.example.com leads out of the cluster, where its Services say nothing',
    });
  });

  test('passes where the Service and the port are there', () => {
    expect(given([url({})])).toMatchObject({
      status: 'pass',
      text: 'BACKEND_URL: http://todo-chatbot-backend:8000',
    });
    const headless = { name: SERVICE.name, namespace: SERVICE.namespace };
    expect(given([url({ port: 1234, service: headless })]).status).toBe('pass');
  });

  test('fails, with the address that would be right, where the Service is not there', () => {
    const judged = given([
      url({ origin: 'http://api:8000', service: { name: 'api', namespace: 'default', missing: true } }),
    ]);
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['no-service'],
      messages: ['BACKEND_URL leads to http://api:8000, and namespace default has no Service of that name'],
    });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, judged.findings)).toBe(
      'kubectl -n default set env deployment/todo-chatbot-frontend BACKEND_URL=http://todo-chatbot-backend:8000   # and in the chart or manifest that it comes from',
    );
  });

  test('fails where the Service has another port, or the value is none', () => {
    expect(given([url({ port: 80, origin: 'http://todo-chatbot-backend' })])).toMatchObject({
      status: 'fail',
      ids: ['no-port'],
      messages: ['BACKEND_URL leads to http://todo-chatbot-backend: the Service has port 8000'],
    });
    expect(given([url({ leads: 'nowhere' })])).toMatchObject({ status: 'fail', ids: ['no-url'] });
  });

  test('what is built into the image needs a new build, and no kubectl changes it', () => {
    const { findings } = given([url({ variable: 'VITE_API_URL', forBrowsers: true, port: 80 })]);
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, findings)).toMatch(/^VITE_API_URL is built into what browsers load/);
  });

  test('localhost is a warning for a server that is alone in its pod, and none for browsers or beside a sidecar', () => {
    const local = { leads: 'loopback', origin: 'http://localhost:8000' } as const;
    expect(given([url(local)])).toMatchObject({ status: 'warn', ids: ['loopback'] });
    expect(given([url(local)], false).status).toBe('skip');
    expect(given([url({ ...local, variable: 'NEXT_PUBLIC_API_URL', forBrowsers: true })]).status).toBe(
      'skip',
    );
  });

  test('is unknown where the Service could not be looked at', () => {
    const unread = { name: 'api', namespace: 'other', unread: 'no permission to get services' };
    expect(given([url({ service: unread })])).toMatchObject({
      status: 'unknown',
      text: 'whether Service api is in namespace other is not known: no permission to get services',
    });
  });
});
