/** Fixes that heal at the first paste: what else is wrong in the same way goes with it, and nothing is named that is not there. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { readiness, REFUSED, TIMED_OUT, together } from '../support/health-states.js';
import { stopsAt } from '../support/database-states.js';
import { containerOf } from '../support/pod-states.js';
import { ended, image, onNoNode, stuckIn, TRACEBACK, type Change } from './pod-changes.js';

/** The first command that changes something, with and without Helm. */
async function pasted(change: Change): Promise<{ helm: string; plain: string }> {
  const command = async (managed: boolean) => {
    const { diagnoses } = await diagnosed((evidence, _contract, target) => {
      change(evidence);
      if (!managed) target.helm = undefined;
    });
    const fix = diagnoses[0]?.fix.find(({ kind }) => kind === 'fix' || kind === 'undo');
    return fix?.command ?? '';
  };
  return { helm: await command(true), plain: await command(false) };
}

/** The same in both probes of the template and of the pods. */
const probes =
  (change: (probe: NonNullable<ReturnType<typeof containerOf>['livenessProbe']>) => void): Change =>
  (evidence) => {
    for (const index of [0, 1])
      for (const probe of [
        containerOf(evidence, index).livenessProbe,
        containerOf(evidence, index).readinessProbe,
      ])
        if (probe) change(probe);
  };

test('probes of a socket ask as the contract does: the API server refuses one with two ways to ask', async () => {
  const socket = probes((probe) => {
    delete probe.httpGet;
    probe.tcpSocket = { port: 9000 };
  });
  const { helm } = await pasted(readiness('dial tcp 10.244.0.5:9000: connect: connection refused', socket));
  expect(helm).toMatch(/^kubectl /);
  expect(helm).toContain(
    ['liveness', 'readiness']
      .map((each) => `"${each}Probe":{"tcpSocket":null,"httpGet":{"path":"/api/health","port":8000}}`)
      .join(),
  );
});

test('pods on the node’s network are taken off it: ClusterFirst means the node’s DNS there', async () => {
  const { plain } = await pasted(
    together(stopsAt('dns', 'name', 'Name or service not known'), ({ deployment }) => {
      Object.assign(deployment.spec.template.spec, { hostNetwork: true, dnsPolicy: 'ClusterFirst' });
    }),
  );
  expect(plain).toContain('{"hostNetwork":null,"dnsPolicy":"ClusterFirst","dnsConfig":null}');
});

test('a file that uvicorn’s own options name, where its exception does not say which', async () => {
  const { plain } = await pasted((evidence) => {
    ended(1, [
      'Traceback (most recent call last):',
      '  File "/opt/python/uvicorn/main.py", line 593, in run',
      '    config.load()',
      '  File "/opt/python/uvicorn/config.py", line 131, in create_ssl_context',
      '    ctx.load_cert_chain(certfile, keyfile, get_password)',
      'FileNotFoundError: [Errno 2] No such file or directory',
    ])(evidence);
    containerOf(evidence).env = [
      { name: 'UVICORN_HOST', value: '0.0.0.0' },
      { name: 'UVICORN_SSL_KEYFILE', value: '/etc/tls/tls.key' },
    ];
  });
  expect(plain).toMatch(/ UVICORN_SSL_KEYFILE-$/);
});

test('a volume that is mounted over the code is taken away before the image is built again', async () => {
  const importing = (mountPath: string, workingDir?: string) =>
    pasted((evidence) => {
      ended(1, ["ModuleNotFoundError: No module named 'app'"])(evidence);
      const container = containerOf(evidence);
      container.volumeMounts = [
        { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
        { name: 'code', mountPath },
      ];
      if (workingDir !== undefined) container.workingDir = workingDir;
    });
  expect((await importing('/app')).plain).toContain(
    '"volumeMounts":[{"$patch":"delete","mountPath":"/app"}]',
  );
  expect((await importing('/srv', '/srv/todo')).plain).toContain('"mountPath":"/srv"');
  expect((await importing('/data')).plain).not.toContain('volumeMounts');
  expect((await importing('/app', '/srv/todo')).plain).not.toContain('volumeMounts');
});

test('variables that envFrom imports under other names lose the prefix, and no value is asked for', async () => {
  const { plain } = await pasted((evidence) => {
    ended(1, [...TRACEBACK, "KeyError: 'DATABASE_URL'"])(evidence);
    containerOf(evidence).envFrom = [
      { configMapRef: { name: 'settings' } },
      { prefix: 'APP_', secretRef: { name: 'todo-chatbot-backend-secret' } },
    ];
  });
  expect(plain).toContain(
    '"envFrom":[{"configMapRef":{"name":"settings"}},{"secretRef":{"name":"todo-chatbot-backend-secret"}}]',
  );
});

describe('probes that are wrong in the same way are mended together', () => {
  test.each<[string, string, Change, string]>([
    [
      'path',
      'HTTP probe failed with statuscode: 404',
      probes(({ httpGet }) => {
        if (httpGet) httpGet.path = '/healthz';
      }),
      '/api/health',
    ],
    [
      'port',
      REFUSED.replaceAll('8000', '9000'),
      probes(({ httpGet }) => {
        if (httpGet) httpGet.port = 9000;
      }),
      '8000',
    ],
    ['timeoutSeconds', TIMED_OUT, probes((probe) => void (probe.timeoutSeconds = 1)), '5'],
  ])('%s', async (key, failure, change, value) => {
    const { helm, plain } = await pasted(readiness(failure, change));
    expect(helm).toContain(
      `--set backend.livenessProbe.${key}=${value} --set backend.readinessProbe.${key}=${value}`,
    );
    const [, patch = ''] = / -p '(.*)'$/.exec(plain) ?? [];
    const [container] = (
      JSON.parse(patch) as { spec: { template: { spec: { containers: Record<string, object>[] } } } }
    ).spec.template.spec.containers;
    expect(Object.keys(container ?? {}).sort()).toEqual(['livenessProbe', 'name', 'readinessProbe']);
  });

  test('one that is right stays as it is', async () => {
    const { helm } = await pasted(
      readiness('HTTP probe failed with statuscode: 404', (evidence) => {
        const action = containerOf(evidence).readinessProbe?.httpGet;
        if (action) action.path = '/healthz';
      }),
    );
    expect(helm).toContain('backend.readinessProbe.path=/api/health');
    expect(helm).not.toContain('livenessProbe');
  });
});

describe('what a fix takes back with it', () => {
  test('a limit that was raised with the request', async () => {
    const { helm, plain } = await pasted((evidence) => {
      onNoNode('0/1 nodes are available: 1 Insufficient memory.')(evidence);
      containerOf(evidence).resources = { requests: { memory: '900Gi' }, limits: { memory: '900Gi' } };
    });
    expect(helm).toContain(
      '--set backend.resources.requests.memory=512Mi --set backend.resources.limits.memory=1Gi',
    );
    expect(plain).toContain('--requests=memory=512Mi --limits=memory=1Gi');
  });

  test('a limit of the contract’s own stays', async () => {
    const { helm } = await pasted((evidence) => {
      onNoNode('0/1 nodes are available: 1 Insufficient cpu.')(evidence);
      containerOf(evidence).resources = { requests: { cpu: '900' }, limits: { cpu: '1000m' } };
    });
    expect(helm).toContain('backend.resources.requests.cpu=500m');
    expect(helm).not.toContain('limits');
  });

  test('pull policy Never, with a tag that is on the node', async () => {
    const message = 'Container image "todo-chatbot-backend:v9" is not present with pull policy of Never';
    const { diagnoses } = await diagnosed(
      stuckIn('ErrImageNeverPull', message, image('todo-chatbot-backend:v9', 'Never')),
    );
    const rename = diagnoses[0]?.fix.find(({ command }) => command?.startsWith('helm'));
    expect(rename?.command).toContain('backend.image.tag=latest --set backend.image.pullPolicy=IfNotPresent');
  });
});

describe('a start that its command line or its environment keeps from coming about', () => {
  const command =
    (...words: string[]): Change =>
    (evidence) => {
      for (const index of [0, 1]) containerOf(evidence, index).command = words;
    };
  test.each<[string, Change, RegExp]>([
    [
      'a command that the image does not have',
      together(command('todo-server'), ended(127, ['sh: 1: todo-server: not found'])),
      /"command":null/,
    ],
    [
      'an option that uvicorn does not have',
      together(command('uvicorn', '--prot', '80'), ended(2, ["Error: No such option '--prot'."])),
      /"command":null/,
    ],
    [
      'a module that the command names',
      together(
        command('python3', '-m', 'gunicorn'),
        ended(1, ['/usr/bin/python3: No module named gunicorn']),
      ),
      /"command":null/,
    ],
    [
      'another working directory',
      together(
        (evidence) => void (containerOf(evidence).workingDir = '/tmp'),
        ended(1, [...TRACEBACK, "ModuleNotFoundError: No module named 'app'"]),
      ),
      /"workingDir":null/,
    ],
    [
      'a port that is no number',
      ended(2, ["Error: Invalid value for '--port': 'tcp' is not a valid integer."]),
      /UVICORN_PORT=8000$/,
    ],
    [
      'a port below 1024',
      ended(1, [
        "ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 80): permission denied",
      ]),
      /UVICORN_PORT=8000$/,
    ],
    [
      'a level that Python does not know',
      ended(1, [...TRACEBACK, "ValueError: Unknown level: 'VERBOSE'"]),
      /LOG_LEVEL=INFO$/,
    ],
    [
      'a number of the pod template that is none',
      together(
        (evidence) => void (containerOf(evidence).env = [{ name: 'POOL_SIZE', value: 'ten' }]),
        ended(1, [
          ...TRACEBACK,
          'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
          'POOL_SIZE',
          '  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]',
        ]),
      ),
      /POOL_SIZE-$/,
    ],
  ])('%s', async (_, change, expected) => {
    const { plain } = await pasted(change);
    expect(plain).toMatch(/^kubectl /);
    expect(plain).toMatch(expected);
  });

  test('an image’s own command is not taken out', async () => {
    const { diagnoses } = await diagnosed(ended(127, ['sh: 1: todo-server: not found']));
    expect(diagnoses[0]?.fix.map(({ kind }) => kind)).not.toContain('fix');
  });
});

describe('back to a revision that is there, and has worked', () => {
  const stuck: Change = ({ deployment }) => {
    const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    Object.assign(progress ?? {}, { status: 'False', reason: 'ProgressDeadlineExceeded' });
  };
  const older =
    (readyReplicas: number): Change =>
    (evidence: HealthyEvidence) => {
      const [newest] = evidence.replicaSets;
      if (!newest) throw new Error('no ReplicaSet');
      const set = structuredClone(newest);
      set.metadata.name += '-old';
      set.metadata.annotations = { 'deployment.kubernetes.io/revision': '7' };
      set.status = { ...set.status, replicas: readyReplicas, readyReplicas };
      evidence.replicaSets.push(set);
    };

  test('with pods that are ready', async () => {
    const { helm } = await pasted(together(stuck, older(2)));
    expect(helm).toBe('kubectl -n default rollout undo deployment todo-chatbot-backend --to-revision=7');
  });

  test.each([
    ['without', older(0)],
    ['of a first installation', () => undefined],
  ])('not one %s', async (_, change) => {
    const { helm, plain } = await pasted(together(stuck, change));
    expect([helm, plain]).toEqual(['', '']);
  });
});

test('of a URL that the Secret shows to be wrong, what the driver says of it is no second cause', async () => {
  const { causes } = await diagnosed((evidence) => {
    const url = evidence.secret.databaseUrl;
    if (url) url.problems = ['url-quoted'];
    ended(1, [
      ...TRACEBACK,
      'sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from given URL string',
    ])(evidence);
  });
  expect(causes).toEqual(['db/url-quoted']);
});

describe('a selector is made equal to the labels: what Helm would keep is taken out by name', () => {
  const COMPONENT = 'app.kubernetes.io/component';
  test.each<[string, Record<string, string | undefined>, object[]]>([
    ['a key too many', { tier: 'backend' }, [{ op: 'remove', path: '/spec/selector/tier' }]],
    [
      'two of them',
      { tier: 'backend', 'example.com/zone': 'a' },
      [
        { op: 'remove', path: '/spec/selector/tier' },
        { op: 'remove', path: '/spec/selector/example.com~1zone' },
      ],
    ],
    [
      'another value, and a key too many',
      { [COMPONENT]: 'api', tier: 'backend' },
      [
        { op: 'replace', path: '/spec/selector/app.kubernetes.io~1component', value: 'backend' },
        { op: 'remove', path: '/spec/selector/tier' },
      ],
    ],
  ])('%s', async (_name, change, expected) => {
    const { diagnoses } = await diagnosed(({ service }) =>
      Object.assign(service.spec.selector ?? {}, change),
    );
    expect(diagnoses[0]?.cause).toBe('service/selector-mismatch');
    const command = diagnoses[0]?.fix[0]?.command ?? '';
    expect(command).toMatch(/^kubectl -n default patch service todo-chatbot-backend --type=json -p '/);
    const patch = JSON.parse(/-p '(.*)'$/.exec(command)?.[1] ?? '[]') as { op: string; path: string }[];
    const order = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).sort();
    expect(order(patch)).toEqual(order(expected));
  });
});
