/** Objects that are large, many, half-filled, newer than the client, or gone a moment later. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import type { Deployment, Pod, Service } from '../../src/evidence/objects.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { json, status } from '../evidence/kubernetes/support.js';
import { expectDocumented } from './support/documented.js';
import { faultyApi, type Fault, type FaultyApi } from './support/faulty-api.js';
import { report, type Told } from './support/verify.js';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

async function under(fault: Fault, ...argv: string[]): Promise<Told & { api: FaultyApi }> {
  const api = await faultyApi(lab, fault);
  const result = await report('--kubeconfig', api.kubeconfig, '--url', lab.url, ...argv);
  return { ...result, api };
}

interface List<T> {
  kind: string;
  metadata: { continue?: string };
  items: T[];
}

const isList = (path: string, resource: string): boolean => new RegExp(`/${resource}\\?`).test(path);

describe('many', () => {
  test('a continue token that expired (410): the list starts again, once, and counts nothing twice', async () => {
    let expired = 0;
    const { api, ...result } = await under(
      {
        answer: (request, response) => {
          if (!(request.url ?? '').includes('continue=old')) return false;
          expired += 1;
          json(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
          return true;
        },
        rewrite: (path, body: List<Pod>) => {
          if (isList(path, 'pods') && expired === 0) body.metadata.continue = 'old';
          return body;
        },
      },
      '--only',
      'pods/running',
    );
    expectDocumented('Continue token of a list expired (410) once', result);
    expect(expired).toBeGreaterThan(0);
    expect(result.having('pass')).toEqual(['pods/running']);
    expect(result.said('pods/running')).toMatch(/^2 pods Running/);
    expect(
      api.requests.filter((line) => isList(line, 'pods') && line.includes('limit=500')).length,
    ).toBeGreaterThan(1);
  });

  test('a continue token that expires again and again', async () => {
    const result = await under(
      {
        answer: (request, response) => {
          if (!(request.url ?? '').includes('continue=old')) return false;
          json(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
          return true;
        },
        rewrite: (path, body: List<Pod>) => {
          if (isList(path, 'pods')) body.metadata.continue = 'old';
          return body;
        },
      },
      '--only',
      'pods/running',
    );
    expectDocumented('Continue token of a list expires each time (410)', result);
    expect(result.having('unknown')).toEqual(['pods/running']);
  });
});

describe('unusual', () => {
  test('Optional fields of objects are missing', async () => {
    const bare: Fault = {
      rewrite: (path, body: { items?: object[] }) => {
        const strip = (object: object) => {
          const { metadata, spec } = object as Partial<Pod>;
          Reflect.deleteProperty(object, 'status');
          if (/\/pods[/?]/.test(path))
            Object.assign(spec ?? {}, { containers: [{ name: 'backend' }], nodeName: undefined });
          for (const field of ['annotations', 'creationTimestamp', 'generation'])
            Reflect.deleteProperty(metadata ?? {}, field);
        };
        if (/\/(pods|deployments|replicasets|nodes|services)[/?]/.test(path))
          (body.items ?? [body]).forEach(strip);
        return body;
      },
    };
    const result = await under(bare);
    expectDocumented('Optional fields of objects are missing', result);
    expect(result.report.checks).toHaveLength(CHECKS.length);
    for (const { id, message } of result.report.checks)
      expect(`${id}: ${message}`).not.toContain('itself failed');
    expect(result.having('pass')).not.toContain('pods/running');
    expect(result.having('pass')).not.toContain('deployment/rollout-complete');
  });

  test('Values that no version of the client knows', async () => {
    const future: Fault = {
      rewrite: (path, body: { items?: object[] }) => {
        for (const object of body.items ?? [body]) {
          if (/\/pods[/?]/.test(path)) Object.assign((object as Pod).status ?? {}, { phase: 'Hibernated' });
          if (path.includes('/services/'))
            Object.assign((object as Service).spec, { type: 'MeshPort', sessionAffinity: 'Cookie' });
          if (path.includes('/deployments/'))
            Object.assign((object as Deployment).spec, { strategy: { type: 'BlueGreen' } });
        }
        return body;
      },
    };
    const result = await under(
      future,
      '--only',
      'pods/running,service/type,service/session-affinity,deployment/strategy',
    );
    expectDocumented('Values that no version of the client knows', result);
    expect(result.having('fail')).toEqual(
      ['deployment/strategy', 'pods/running', 'service/session-affinity', 'service/type'].sort(),
    );
  });

  test.each([
    ['A rollout is under way', 5],
    ['A rollout has come to a halt', 300],
  ])('%s', async (row, secondsAgo) => {
    const result = await under(
      {
        rewrite: (path, body: Deployment) => {
          if (!path.includes('/deployments/')) return body;
          body.metadata.generation = 7;
          Object.assign(body.status ?? {}, { observedGeneration: 7, updatedReplicas: 1 });
          const progress = body.status?.conditions?.find(({ type }) => type === 'Progressing');
          const lastUpdateTime = new Date(Date.now() - secondsAgo * 1000).toISOString();
          Object.assign(progress ?? {}, { reason: 'ReplicaSetUpdated', lastUpdateTime });
          return body;
        },
      },
      '--only',
      'deployment/rollout-complete',
    );
    expectDocumented(row, result);
  });

  test('Pod deleted between the list and its log or exec', async () => {
    const gone: Fault = {
      answer: (request, response) => {
        if (!(request.url ?? '').includes('/log?')) return false;
        const name = /pods\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '';
        json(response, 404, status(404, 'NotFound', `pods "${name}" not found`, { name, kind: 'pods' }));
        return true;
      },
      upgrade: (_, socket) => {
        const body = JSON.stringify(
          status(404, 'NotFound', 'pods "gone" not found', { name: 'gone', kind: 'pods' }),
        );
        socket.end(
          `HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
        return true;
      },
    };
    const result = await under(gone, '--only', 'functional/database-logs,network/service-dns,pods');
    expectDocumented('Pod deleted between the list and its log or exec', result);
    expect(result.having('unknown')).toEqual(['functional/database-logs', 'network/service-dns']);
    expect(result.having('fail')).toEqual([]);
  });
});
