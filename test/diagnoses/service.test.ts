/** A backend that is not accessible: each cause found first, and the matrix names the broken hop. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { loadFacts } from '../support/load-facts.js';
import { ago, notReady, podEvent, restarted } from '../support/pod-states.js';
import {
  listens,
  matrix,
  point,
  SERVICE,
  targetPort,
  together,
  unreached,
  type Change,
} from '../support/service-states.js';
import { OBJECTS, WAYS } from './shown/service.js';

describe('healthy', () => {
  test('the matrix is good hop by hop', async () => {
    const { diagnoses, topics, exitCode } = await diagnosed(undefined, SERVICE);
    expect(diagnoses).toEqual([]);
    expect(topics[0]?.path.map(({ hop, state }) => `${hop} ${state}`)).toEqual([
      'machine skipped',
      ...[
        'cluster',
        'nodes',
        'service',
        'selector',
        'endpoints',
        'container',
        'pod',
        'through',
        'identity',
        'node-port',
        'http',
      ].map((hop) => `${hop} good`),
      // No frontend is there, and no origin is given.
      'frontend skipped',
    ]);
    expect(exitCode).toBe(0);
  });

  test('a way that may not be used is no fault where users are served', async () => {
    const { causes, exitCode } = await diagnosed(({ vantage }) => {
      for (const pod of vantage.pods) {
        pod.proxy = point('unread', 'pods/proxy is forbidden');
        pod.inside = { ok: false, at: ago(0), why: 'not-collected', detail: '--no-exec' };
      }
      vantage.service = point('unread', 'services/proxy is forbidden');
    }, SERVICE);
    expect(causes).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('localhost need not be the node: any node address will do', async () => {
    const { causes } = await diagnosed(({ vantage }) => {
      vantage.user = point('refused');
    }, SERVICE);
    expect(causes).toEqual([]);
  });
});

describe('the objects', () => {
  test('no Service', async () => {
    const { causes, diagnoses } = await diagnosed(
      together(unreached('refused'), (evidence) => {
        evidence.service = undefined as never;
        evidence.endpoints.addresses = [];
      }),
      SERVICE,
    );
    expect(causes).toEqual(['service/missing']);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Service' } });
  });

  test.each(OBJECTS)('%s', async (_name, change, cause, path) => {
    const { causes, diagnoses } = await diagnosed(change, SERVICE);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Service', name: 'todo-chatbot-backend' },
    });
    expect(diagnoses[0]?.evidence[0]?.field).toBe(path);
  });

  test('the machine is stopped: Minikube says so, and the API server is silent', async () => {
    const { causes, diagnoses, exitCode } = await diagnosed(
      ({ minikube }) => {
        Object.assign(minikube, {
          program: 'found',
          driver: 'docker',
          status: {
            ok: true,
            at: ago(1),
            value: { host: 'Stopped', kubelet: 'Stopped', apiServer: 'Stopped', kubeconfig: 'Stopped' },
          },
        });
      },
      { ...SERVICE, unread: { server: { ok: false, at: ago(0), why: 'unreachable', detail: 'refused' } } },
    );
    expect(causes[0]).toBe('minikube/stopped');
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', fix: [{ command: 'minikube start' }] });
    expect(diagnoses[0]?.folded).toContain('cluster/unreachable');
    expect(exitCode).toBe(1);
  });

  test('unreachable, and Minikube says that it runs: inconclusive', async () => {
    const { causes, exitCode } = await diagnosed(undefined, {
      ...SERVICE,
      unread: { server: { ok: false, at: ago(0), why: 'unreachable', detail: 'refused' } },
    });
    expect(causes[0]).toBe('cluster/unreachable');
    expect(exitCode).toBe(3);
  });

  test('a node that is lost', async () => {
    const { causes } = await diagnosed(({ nodes }) => {
      const ready = nodes[0]?.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready) Object.assign(ready, { status: 'Unknown', message: 'Kubelet stopped posting node status.' });
    }, SERVICE);
    expect(causes[0]).toBe('cluster/node-not-ready');
  });
});

describe('the way', () => {
  test.each(WAYS)('%s', async (_name, change, cause, verdict) => {
    const { causes, diagnoses } = await diagnosed(change, SERVICE);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]?.verdict).toBe(verdict);
    expect(diagnoses[0]?.evidence.length).toBeGreaterThan(1);
    expect((diagnoses[0]?.wouldConfirm === null) === (verdict === 'confirmed')).toBe(true);
  });

  test('a tunnel is what helps with the docker driver', async () => {
    const { diagnoses } = await diagnosed(
      together(matrix('response', 'response', 'timeout'), unreached('timeout'), ({ minikube }) => {
        Object.assign(minikube, { program: 'found', driver: 'docker' });
      }),
      SERVICE,
    );
    expect(diagnoses[0]?.fix[0]?.command).toBe('minikube service todo-chatbot-backend -n default --url');
    expect(diagnoses[0]?.summary).toContain('Minikube’s driver is docker');
  });

  test('pods that do not answer the API server, and nothing says why: inconclusive', async () => {
    const { diagnoses, exitCode } = await diagnosed(
      together(matrix('reset', 'reset', 'reset'), unreached('reset')),
      SERVICE,
    );
    expect(diagnoses.length).toBeGreaterThan(0);
    expect(diagnoses.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
    // A check fails, whatever the reason.
    expect(exitCode).toBe(1);
  });
});

test('a node port that leads to one of two ready pods only', async () => {
  const { causes, diagnoses } = await diagnosed((evidence) => {
    evidence.distribution = loadFacts({ [POD_NAMES[0]]: 0, [POD_NAMES[1]]: 10 });
  });
  expect(causes).toEqual(['service/proxy-broken']);
  expect(diagnoses[0]).toMatchObject({
    verdict: 'likely',
    object: { kind: 'Service', name: 'todo-chatbot-backend' },
    symptoms: ['load-balancing/distribution'],
  });
  expect(diagnoses[0]?.summary).toContain(POD_NAMES[0]);
});

test('one that has become ready a moment ago may not have been heard of yet', async () => {
  const { causes, exitCode, unexplained } = await diagnosed((evidence) => {
    evidence.distribution = loadFacts({ [POD_NAMES[0]]: 0, [POD_NAMES[1]]: 10 });
    for (const each of evidence.pods[0]?.status?.conditions ?? []) each.lastTransitionTime = ago(4);
  });
  expect({ causes, exitCode, unexplained }).toEqual({
    causes: ['rollout/under-way'],
    exitCode: 3,
    unexplained: [],
  });
});

describe('requests that fail', () => {
  const refused: Change = ({ distribution }) => {
    distribution.problems = [{ what: 'connection refused', requests: 1 }];
  };

  test('while a pod ends are no cause: a rollout is under way', async () => {
    const { causes, diagnoses, exitCode, unexplained } = await diagnosed(
      together(refused, ({ distribution }) => {
        const [first] = distribution.pods;
        if (first) first.state = 'left';
      }),
    );
    expect({ causes, exitCode, unexplained }).toEqual({
      causes: ['rollout/under-way'],
      exitCode: 3,
      unexplained: [],
    });
    expect(diagnoses[0]).toMatchObject({
      verdict: 'inconclusive',
      object: { kind: 'Deployment', name: 'todo-chatbot-backend' },
      symptoms: ['load-balancing/distribution'],
    });
  });

  test('just after a rollout has ended, too', async () => {
    const { causes, exitCode } = await diagnosed(
      together(refused, ({ deployment }) => {
        for (const each of deployment.status?.conditions ?? []) each.lastUpdateTime = ago(5);
      }),
    );
    expect({ causes, exitCode }).toEqual({ causes: ['rollout/under-way'], exitCode: 3 });
  });

  test('while one is added, too', async () => {
    const { causes, exitCode } = await diagnosed(
      together(refused, ({ pods }) => {
        for (const each of pods[0]?.status?.conditions ?? []) each.lastTransitionTime = ago(4);
      }),
    );
    expect({ causes, exitCode }).toEqual({ causes: ['rollout/under-way'], exitCode: 3 });
  });

  test('with the same pods all the time are told as they are', async () => {
    const { causes, exitCode, unexplained } = await diagnosed(refused);
    expect({ causes, exitCode, unexplained }).toEqual({
      causes: [],
      exitCode: 1,
      unexplained: ['load-balancing/distribution'],
    });
  });
});

describe('look-alikes', () => {
  test('a selector that is wrong, and pods that are not ready', async () => {
    const wrong = await diagnosed(
      together(
        unreached('refused'),
        matrix('response', 'proxy-error', 'refused'),
        ({ service, endpoints }) => {
          service.spec.selector = { app: 'todo' };
          endpoints.addresses = [];
        },
      ),
    );
    expect(wrong.causes[0]).toBe('service/selector-mismatch');
    expect(wrong.causes).not.toContain('service/no-ready-endpoints');
    const notYet = await diagnosed(
      together(unreached('refused'), matrix('response', 'proxy-error', 'refused'), (evidence) => {
        for (const index of [0, 1]) {
          notReady(evidence, index);
          podEvent(
            evidence,
            index,
            'Unhealthy',
            'Readiness probe failed: HTTP probe failed with statuscode: 404',
            {
              count: 30,
            },
          );
        }
      }),
    );
    expect(notYet.causes).toEqual(['health/wrong-path']);
    expect(notYet.diagnoses[0]?.folded).toContain('service/no-ready-endpoints');
    const service = await diagnosed(
      together(unreached('refused'), matrix('response', 'proxy-error', 'refused'), (evidence) => {
        for (const index of [0, 1]) notReady(evidence, index);
      }),
      SERVICE,
    );
    expect(service.causes[0]).toBe('service/no-ready-endpoints');
    expect(service.diagnoses[0]?.ruledOut).toContain('selector');
  });

  test('an application that ends beside a proxy that still listens leads nowhere else', async () => {
    // Its log says 8000, where the Service leads; the kernel tells of the proxy's port alone.
    const { causes } = await diagnosed(
      together(listens('0.0.0.0', 8000), ({ vantage: { pods } }) => {
        for (const { inside } of pods)
          if (inside.ok) inside.value.listening = [{ address: '0.0.0.0', port: 15021 }];
      }),
      SERVICE,
    );
    expect(causes).toEqual([]);
  });

  test('a target port that is wrong, by number and by name, and an application on loopback', async () => {
    const refused = together(matrix('refused', 'refused', 'refused'), unreached('refused'));
    const number = await diagnosed(together(listens('0.0.0.0', 8000), targetPort(8080), refused), SERVICE);
    expect(number.causes).toEqual(['service/target-port-mismatch']);
    expect(number.diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Service' },
      ruledOut: expect.arrayContaining(['loopback address']) as unknown,
    });
    expect(number.diagnoses[0]?.summary).toContain('the application listens on 8000');
    expect(number.diagnoses[0]?.fix[0]?.command).toBe(
      `kubectl -n default patch service todo-chatbot-backend --type=json -p '[{"op":"add","path":"/spec/ports/0/targetPort","value":8000}]'`,
    );
    const named = await diagnosed(
      together(
        targetPort('web'),
        unreached('refused'),
        matrix('response', 'proxy-error', 'refused'),
        ({ endpoints, vantage }) => {
          for (const pod of vantage.pods) pod.port = 8000;
          for (const address of endpoints.addresses) address.port = undefined;
        },
      ),
      SERVICE,
    );
    expect(named.causes).toEqual(['service/target-port-mismatch']);
    expect(named.diagnoses[0]).toMatchObject({ verdict: 'confirmed', fix: number.diagnoses[0]?.fix });
    expect(named.diagnoses[0]?.summary).toContain('a port named “web”, which no container of its pods has');
    const application = await diagnosed(together(listens('0.0.0.0', 9000), refused), SERVICE);
    expect(application.causes).toEqual(['service/application-port']);
    expect(application.diagnoses[0]?.fix[0]?.command).toContain('UVICORN_PORT=8000');
    const loopback = await diagnosed(together(listens('127.0.0.1', 8000), refused), SERVICE);
    expect(loopback.causes).toEqual(['service/bound-to-loopback']);
    expect(loopback.diagnoses[0]).toMatchObject({
      verdict: 'confirmed',
      object: { kind: 'Pod', name: POD_NAMES[0] },
      ruledOut: expect.arrayContaining(['target port']) as unknown,
    });
  });

  test('without exec the log says where it listens', async () => {
    const blind: Change = ({ vantage }) => {
      for (const pod of vantage.pods) {
        pod.inside = { ok: false, at: ago(0), why: 'not-collected', detail: '--no-exec' };
      }
    };
    const refused = together(matrix('refused', 'refused', 'refused'), unreached('refused'));
    const loopback = await diagnosed(together(listens('127.0.0.1', 8000), blind, refused), SERVICE);
    expect(loopback.causes).toEqual(['service/bound-to-loopback']);
    const other = await diagnosed(together(listens('0.0.0.0', 9000), blind, refused), SERVICE);
    expect(other.causes).toEqual(['service/application-port']);
  });
});

describe('two at once', () => {
  test.each<[string, Change, string[]]>([
    [
      'another node port, and a container that was killed for its memory',
      together(
        ({ service }) => {
          const [port] = service.spec.ports ?? [];
          if (port) port.nodePort = 30090;
        },
        (evidence) => restarted(evidence, 1, { exitCode: 137, reason: 'OOMKilled' }, { secondsAgo: 300 }),
      ),
      ['service/wrong-node-port', 'memory/'],
    ],
    [
      'a selector of another application, and a URL that leaves TLS optional',
      together(
        ({ service }) => {
          service.spec.selector = { app: 'todo' };
        },
        ({ secret }) => {
          if (secret.databaseUrl)
            Object.assign(secret.databaseUrl, { problems: ['sslmode-weak'], sslmode: 'prefer' });
        },
      ),
      ['service/selector-mismatch', 'db/sslmode-weak'],
    ],
  ])('%s', async (_name, change, expected) => {
    const { causes } = await diagnosed(change);
    for (const cause of expected) expect(causes.some((each) => each.startsWith(cause))).toBe(true);
  });
});

test('an alias: its type is the root of all, and selector and ports are not blamed', async () => {
  const { causes, diagnoses } = await diagnosed(({ service }) => {
    Object.assign(service.spec, { type: 'ExternalName', externalName: 'example.com', ports: [] });
    service.spec.selector = { app: 'todo-chatbot-backend' };
  });
  expect(causes).toEqual(['service/wrong-type']);
  expect(diagnoses[0]?.summary).toContain('leads to no pod');
  expect(diagnoses[0]?.symptoms).toEqual(
    expect.arrayContaining(['service/type', 'service/ports', 'service/selector-matches']),
  );
});

test('a headless Service is deleted before it is made again with a node port', async () => {
  const { diagnoses } = await diagnosed(({ service }) => {
    Object.assign(service.spec, { type: 'ClusterIP', clusterIP: 'None' });
  });
  expect(diagnoses[0]).toMatchObject({
    cause: 'service/wrong-type',
    fix: [
      {
        kind: 'fix',
        command: expect.stringMatching(/delete service todo-chatbot-backend && helm upgrade/) as unknown,
      },
    ],
  });
});
