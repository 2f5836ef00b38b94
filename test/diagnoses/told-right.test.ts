/** Faults that look like others: told by their own words, alone, with a fix that heals. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { readiness, together } from '../support/health-states.js';
import { ago, containerOf, notReady, podEvent, podOf, waiting } from '../support/pod-states.js';
import { ended, image, onNoNode, PULL, refused, stuckIn, TRACEBACK, type Change } from './pod-changes.js';

async function first(change: Change) {
  const { causes, diagnoses } = await diagnosed(change);
  const [told] = diagnoses;
  const commands = (told?.fix ?? []).flatMap(({ kind, command }) =>
    command !== null && kind !== 'look' ? [command] : [],
  );
  return { causes, summary: told?.summary ?? '', commands, fix: told?.fix ?? [], told };
}

/** As the kubelet says it of a pod whose containers are not made yet. */
const stuckMounting =
  (message: string): Change =>
  (evidence) => {
    waiting(evidence, 0, 'ContainerCreating', '');
    const pod = podOf(evidence);
    pod.metadata.creationTimestamp = ago(90);
    pod.status.conditions = [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(89) }];
    podEvent(evidence, 0, 'FailedMount', message, { count: 3, secondsAgo: 5 });
  };

const command =
  (words: string[], more: object = {}): Change =>
  (evidence) =>
    Object.assign(containerOf(evidence), { command: words, ...more });

describe('exec format error', () => {
  const says = (path: string) => ended(1, [`exec ${path}: exec format error`]);
  test.each(['/scripts/start.sh', '/app/run.py', '/docker-entrypoint', '/app/entrypoint'])(
    'a script without a first line: %s',
    async (path) => {
      const { causes, summary, commands } = await first(together(says(path), command([path])));
      expect(causes).toEqual(['crash/crlf-script']);
      expect(summary).toContain(`“${path}” is a script whose first line does not say what runs it`);
      expect(commands[0]).toContain('"command":null');
    },
  );
  test.each<[volume: object, path: string, mountPath: string, cause: string]>([
    [{ configMap: { name: 'files' } }, '/scripts/start', '/scripts/', 'crash/crlf-script'],
    [{ projected: { sources: [] } }, '/scripts/start', '/scripts', 'crash/crlf-script'],
    [{ configMap: { name: 'files' } }, '/scripts2/start', '/scripts', 'image/wrong-architecture'],
    // What an init container has put there may be a program.
    [{}, '/work/server', '/work', 'image/wrong-architecture'],
  ])('a volume %j, %s, mounted at %s', async (volume, path, mountPath, cause) => {
    const { causes } = await first(
      together(says(path), command([path], { volumeMounts: [{ name: 'v', mountPath }] }), (evidence) => {
        podOf(evidence).spec.volumes = [{ name: 'v', ...volume }];
      }),
    );
    expect(causes).toEqual([cause]);
  });
  test('a program of the image', async () => {
    expect((await first(says('/usr/local/bin/python3'))).causes).toEqual(['image/wrong-architecture']);
  });
});

describe('command lines', () => {
  test.each<[says: string, line: string, fix: RegExp | undefined, change: Change]>([
    ['-c requires an argument', 'sh: 0: -c requires an argument', /"command":null/, command(['sh', '-c'])],
    [
      'option requires an argument',
      'bash: -c: option requires an argument',
      /"command":null/,
      command(['bash', '-c']),
    ],
    [
      'cannot assign requested address',
      "ERROR:    [Errno 99] error while attempting to bind on address ('10.0.0.5', 8000): cannot assign requested address",
      /UVICORN_HOST=0\.0\.0\.0/,
      (evidence) => void (containerOf(evidence).env = [{ name: 'UVICORN_HOST', value: '10.0.0.5' }]),
    ],
    [
      'ASGI app factory',
      "ERROR:    Error loading ASGI app factory: FastAPI.__call__() missing 3 required positional arguments: 'scope', 'receive', and 'send'",
      /UVICORN_FACTORY-/,
      (evidence) => void (containerOf(evidence).env = [{ name: 'UVICORN_FACTORY', value: 'true' }]),
    ],
    ['128 KiB', 'exec /usr/bin/python3: argument list too long', undefined, () => undefined],
  ])('%s', async (says, line, fix, change) => {
    const { causes, summary, commands } = await first(together(ended(1, [line]), change));
    expect(causes).toEqual(['crash/bad-arguments']);
    expect(summary).toContain(says);
    if (fix) expect(commands[0]).toMatch(fix);
    else expect(commands).toEqual([]);
  });

  test('a time to live, by timeout(1)', async () => {
    const limited = command(['timeout', '-s', 'INT', '25m', 'python3', '-m', 'uvicorn']);
    const { causes, summary, commands } = await first(
      together(ended(124, ['INFO:     Finished server process [7].']), limited),
    );
    expect(causes).toEqual(['crash/startup-exception']);
    expect(summary).toContain('is ended by “timeout -s INT 25m”');
    expect(commands[0]).toContain('"command":null');
    // The same code of a program that has no such word is its own.
    expect((await first(ended(124, ['INFO:     Finished']))).summary).toContain('exit code 124');
  });
});

describe('no temporary directory', () => {
  const LINES = [
    ...TRACEBACK,
    "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/app']",
  ];
  const readOnly: Change = (evidence) =>
    Object.assign(containerOf(evidence), { securityContext: { readOnlyRootFilesystem: true } });
  test('where the root is read-only: /tmp is mounted', async () => {
    const { causes, summary, commands } = await first(together(ended(1, LINES), readOnly));
    expect(causes).toEqual(['crash/read-only-filesystem']);
    expect(summary).toContain('/tmp');
    expect(commands[0]).toContain('"volumes":[{"name":"tmp","emptyDir":{}}]');
    expect(commands[0]).toContain('"volumeMounts":[{"name":"tmp","mountPath":"/tmp"}]');
  });
  test('else it is the exception', async () => {
    expect((await first(ended(1, LINES))).causes).toEqual(['crash/startup-exception']);
  });
  test('a directory of the image is not hidden by a volume', async () => {
    const { commands } = await first(
      together(ended(1, [...TRACEBACK, "OSError: [Errno 30] Read-only file system: '/app/cache'"]), readOnly),
    );
    expect(commands).toEqual([]);
  });
});

test('pydantic’s fields that are missing, and those that are wrong', async () => {
  const { causes, summary } = await first(
    ended(1, [
      ...TRACEBACK,
      'pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings',
      'database_pool_size',
      '  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]',
      'better_auth_url',
      '  Field required [type=missing]',
    ]),
  );
  expect(causes).toEqual(['crash/missing-environment']);
  expect(summary).toContain(
    'better_auth_url, and not valid: database_pool_size: Input should be a valid integer',
  );
});

describe('a value that the release itself has wrong', () => {
  test.each([
    ['INFO ', 'INFO'],
    ['debug', 'DEBUG'],
    ['LOUD', 'INFO'],
  ])('LOG_LEVEL=%j', async (value, meant) => {
    const { diagnoses } = await diagnosed((evidence, contract) => {
      ended(1, [...TRACEBACK, `ValueError: Unknown level: '${value}'`])(evidence);
      contract.backend.env.LOG_LEVEL = value;
    });
    expect(diagnoses[0]?.cause).toBe('crash/settings-invalid');
    expect(diagnoses[0]?.summary).toContain(`“${value}”`);
    expect(diagnoses[0]?.fix[0]?.command).toMatch(new RegExp(`backend\\.env\\.LOG_LEVEL=${meant}$`));
  });
});

describe('images', () => {
  const pull = (name: string, words: string) =>
    together(
      stuckIn('ErrImagePull', `${PULL}failed to do request: Head "https://${name}": ${words}`),
      image(name),
    );
  const X509 = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  test('a registry whose certificate the node does not trust', async () => {
    const { causes, summary, fix } = await first(pull('registry.lan:5000/todo:1', X509));
    expect(causes).toEqual(['image/registry-unreachable']);
    expect(summary).toContain('does not trust the certificate of registry.lan:5000');
    expect(summary).toContain(`which it does not have: ${X509}.`);
    expect(fix.map(({ description }) => description).join()).toContain('hosts.toml');
  });
  test('one that does not answer: why, in the node’s words', async () => {
    const { summary } = await first(
      pull('registry.lan:5000/todo:1', 'dial tcp 10.0.0.7:5000: connect: connection refused'),
    );
    expect(summary).toContain('which it does not have: dial tcp 10.0.0.7:5000: connect: connection refused.');
  });
  test('one that speaks plain HTTP', async () => {
    const { causes, summary, fix } = await first(
      pull('registry.lan:5000/todo:1', 'http: server gave HTTP response to HTTPS client'),
    );
    expect(causes).toEqual(['image/pull-failed']);
    expect(summary).toContain('cannot be pulled: http: server gave HTTP response to HTTPS client.');
    expect(fix.map(({ description }) => description).join()).toContain('insecure-registry');
  });
  test('back to the contract’s image, where the node has it', async () => {
    const { commands } = await first(
      together(pull('registry.lan:5000/todo:1', X509), ({ nodes }) => {
        const [node] = nodes;
        if (node)
          node.status = {
            ...node.status,
            images: [{ names: ['docker.io/library/todo-chatbot-backend:latest'] }],
          };
      }),
    );
    expect(commands[0]).toContain('--set backend.image.repository=todo-chatbot-backend');
  });
  test('a blank after the tag, in an event of many', async () => {
    const words =
      'Pod "todo-x" is invalid: spec.containers[0].image: Invalid value: "todo-chatbot-backend:latest ": must not have leading or trailing whitespace';
    const { causes, commands } = await first(
      together(refused(words), ({ events, replicaSets }: HealthyEvidence) => {
        for (const event of events)
          if (event.reason === 'FailedCreate')
            event.message = `(combined from similar events): Error creating: ${words}`;
        const containers = [{ name: 'backend', image: 'todo-chatbot-backend:latest ' }];
        Object.assign(replicaSets[0]?.spec ?? {}, { template: { spec: { containers } } });
      }),
    );
    expect(causes).toEqual(['admission/invalid-pod']);
    expect(commands[0]).toMatch(
      / --set backend\.image\.repository=todo-chatbot-backend --set backend\.image\.tag=latest$/,
    );
  });
});

describe('nodes', () => {
  const NO_MATCH = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
  const labelled =
    (labels: Record<string, string>): Change =>
    ({ nodeRoom }) => {
      for (const node of nodeRoom.nodes) Object.assign(node.labels, labels);
    };
  test.each([
    ['Linux', '"nodeSelector":{"kubernetes.io/os":"linux"}'],
    ['windows', '"nodeSelector":{"kubernetes.io/os":null}'],
  ])('a label that says what a node is, is never given: kubernetes.io/os=%s', async (value, patch) => {
    const { causes, commands } = await first(
      together(onNoNode(NO_MATCH), labelled({ 'kubernetes.io/os': 'linux' }), (evidence) => {
        podOf(evidence).spec.nodeSelector = { 'kubernetes.io/os': value };
      }),
    );
    expect(causes).toEqual(['scheduling/node-selector']);
    expect(commands).toHaveLength(1);
    expect(commands[0]).toContain(patch);
  });
  test('nor one that a node has in another value', async () => {
    const { commands } = await first(
      together(onNoNode(NO_MATCH), labelled({ disk: 'ssd' }), (evidence) => {
        podOf(evidence).spec.nodeSelector = { disk: 'fast' };
      }),
    );
    expect(commands.join()).not.toContain('label node');
  });
  test('an affinity in its own words', async () => {
    const { summary, commands, told } = await first(
      together(onNoNode(NO_MATCH), labelled({ 'kubernetes.io/arch': 'amd64' }), (evidence) => {
        podOf(evidence).spec.affinity = {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'kubernetes.io/arch', operator: 'In', values: ['arm64', 's390x'] },
                  ],
                },
              ],
            },
          },
        };
      }),
    );
    expect(summary).toContain('no node matches its affinity: kubernetes.io/arch In arm64 or s390x');
    expect(told?.evidence.map(({ value }) => value)).toContain('kubernetes.io/arch=amd64');
    expect(commands[0]).toContain('"affinity":{"nodeAffinity":null}');
  });
});

test('a claim without a volume, of which no event tells', async () => {
  const { causes, summary } = await first((evidence) => {
    onNoNode('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found')(
      evidence,
    );
    podOf(evidence).spec.volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  });
  expect(causes).toEqual(['scheduling/volume']);
  expect(summary).toContain('its volume claim data is not bound to a volume, and no event says why.');
});

test('a file that its user may not read, with a database’s name: one cause, and the file', async () => {
  const { causes, summary } = await first(ended(1, ['cat: /secrets/DATABASE_URL: Permission denied']));
  expect(causes).toEqual(['crash/permission-denied']);
  expect(summary).toContain('may not use /secrets/DATABASE_URL');
});

test('a claim without a volume: its name, and why', async () => {
  const { causes, summary } = await first((evidence) => {
    onNoNode('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found')(
      evidence,
    );
    podOf(evidence).spec.volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    evidence.events.push({
      metadata: { name: 'data.1' },
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'storageclass.storage.k8s.io "fast-ssd" not found',
      lastTimestamp: ago(5),
      involvedObject: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: 'c' },
    });
  });
  expect(causes).toEqual(['scheduling/volume']);
  expect(summary).toContain(
    'its volume claim data has no volume: storageclass.storage.k8s.io "fast-ssd" not found.',
  );
});

describe('a probe at a port of a name that the container does not have', () => {
  const named: Change = (evidence) => {
    const probe = containerOf(evidence).readinessProbe;
    if (probe?.httpGet) probe.httpGet.port = 'web';
  };
  test('is no error of the server’s', async () => {
    const { causes, summary, commands } = await first((evidence) => {
      notReady(evidence, 0);
      named(evidence);
      const words =
        'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax';
      podEvent(evidence, 0, 'Unhealthy', words, { count: 1 });
    });
    expect(causes).toEqual(['health/wrong-port']);
    expect(summary).toContain(
      'asks at a port named “web”, and the container has no port of that name (it has http 8000)',
    );
    expect(commands[0]).toContain('backend.readinessProbe.port=8000');
  });
  test('one that it has is asked as ever', async () => {
    const { causes } = await first(
      readiness('HTTP probe failed with statuscode: 404', (evidence) => {
        const probe = containerOf(evidence).readinessProbe;
        if (probe?.httpGet) probe.httpGet.port = 'http';
      }),
    );
    expect(causes).toEqual(['health/wrong-path']);
  });
});

describe('releases', () => {
  test('an installation that was cut off is rolled back to itself: nothing is removed', async () => {
    const { causes, commands } = await first(({ release }) => {
      release.revisions = [{ revision: 1, status: 'pending-install' }];
    });
    expect(causes).toEqual(['helm/pending']);
    expect(commands).toEqual(['helm rollback todo-chatbot -n default 1']);
  });
  test('a Service that Helm was not allowed to make', async () => {
    const words =
      'services "todo-chatbot-backend" is forbidden: exceeded quota: net, requested: services.nodeports=1';
    const { causes, summary } = await first((evidence) => {
      evidence.release.revisions = [{ revision: 1, status: 'failed' }];
      evidence.release.description = `Release "todo-chatbot" failed: 1 error occurred: * ${words}`;
      Object.assign(evidence, { service: undefined });
    });
    expect(causes).toEqual(['helm/failed']);
    expect(summary).toContain('exceeded quota: net');
  });
});

test('a slow endpoint under a CPU limit that is far below the contract’s', async () => {
  const { diagnoses } = await diagnosed(({ deployment, health }) => {
    const container = deployment.spec.template.spec.containers[0];
    if (container) container.resources = { ...container.resources, limits: { cpu: '20m', memory: '1Gi' } };
    Object.assign(health, { ms: 3400 });
  });
  const slow = diagnoses.find(({ cause }) => cause === 'health/too-slow');
  expect(slow?.summary).toContain('3400 ms, with a CPU limit of 20m, where the contract has 1000m');
  expect(slow?.fix[0]?.command).toContain('backend.resources.limits.cpu=1000m');
});

test('a mount that fails: what came of it, and not what was tried', async () => {
  const { summary } = await first(
    stuckMounting(
      [
        'MountVolume.SetUp failed for volume "v" : mount failed: exit status 32',
        'Mounting command: mount',
        'Mounting arguments: -t nfs 10.0.0.9:/export /var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/v',
        "Output: mount: /var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/v: unknown filesystem type 'nfs'.",
        '       dmesg(1) may have more information after failed mount system call.',
      ].join('\n'),
    ),
  );
  expect(summary).toContain(
    `MountVolume.SetUp failed for volume "v" : mount failed: exit status 32: unknown filesystem type 'nfs'.`,
  );
  expect(summary).not.toContain('Mounting arguments');
});
