import { describe, expect, test } from '@jest/globals';
import { acceptedNames, releasesFromName } from '../../src/contract/name-forms.js';
import { resolveNames, type ResolvedNames } from '../../src/contract/names.js';
import type { NameInput, ObjectIdentity } from '../../src/contract/found-objects.js';

interface Labels {
  app?: string;
  component?: string;
  instance?: string;
  chart?: string;
  /** Helm's annotation. */
  release?: string;
}

function object(name: string, { app, component, instance, chart, release }: Labels = {}): ObjectIdentity {
  const labels = {
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/instance': instance,
    'helm.sh/chart': chart,
  };
  const given = Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    name,
    labels: Object.fromEntries(given),
    annotations: release === undefined ? {} : { 'meta.helm.sh/release-name': release },
  };
}

/** Everything that a release installs, under a fullname. */
function installed(release: string, fullname: string): NameInput {
  const ours = (component: string): Labels => ({
    app: 'todo-chatbot',
    component,
    instance: release,
    chart: 'todo-chatbot-0.1.0',
    release,
  });
  return {
    namespace: 'default',
    deployments: [
      object(`${fullname}-frontend`, ours('frontend')),
      object(`${fullname}-backend`, ours('backend')),
    ],
    services: [
      object('kubernetes'),
      object(`${fullname}-frontend`, ours('frontend')),
      object(`${fullname}-backend`, ours('backend')),
    ],
    configMaps: [object('kube-root-ca.crt'), object(`${fullname}-backend-config`, ours('backend'))],
    secrets: [
      object(`sh.helm.release.v1.${release}.v1`),
      object(`${fullname}-frontend-secret`, ours('frontend')),
      object(`${fullname}-backend-secret`, ours('backend')),
    ],
    releases: [{ name: release, revision: 1, status: 'deployed' }],
  };
}

function both(...inputs: NameInput[]): NameInput {
  return {
    namespace: 'default',
    deployments: inputs.flatMap((input) => input.deployments ?? []),
    services: inputs.flatMap((input) => input.services ?? []),
    configMaps: inputs.flatMap((input) => input.configMaps ?? []),
    secrets: inputs.flatMap((input) => input.secrets ?? []),
    releases: inputs.flatMap((input) => input.releases ?? []),
  };
}

const EMPTY: NameInput = both();
const UNREADABLE: NameInput = {
  namespace: 'default',
  deployments: undefined,
  services: undefined,
  configMaps: undefined,
  secrets: undefined,
  releases: undefined,
};

const namesOf = (fullname: string) => ({
  deployment: `${fullname}-backend`,
  service: `${fullname}-backend`,
  configMap: `${fullname}-backend-config`,
  secret: `${fullname}-backend-secret`,
});

function only(input: NameInput): ResolvedNames {
  const resolution = resolveNames(input);
  if (!resolution.ok) throw new Error(resolution.problem.message);
  expect(resolution.targets).toHaveLength(1);
  const [target] = resolution.targets;
  if (target === undefined) throw new Error('no target');
  return target;
}

function problem(input: NameInput) {
  const resolution = resolveNames(input);
  if (resolution.ok) throw new Error(`resolved to ${JSON.stringify(resolution.targets)}`);
  return resolution.problem;
}

/** The healthy release with the backend's Deployment changed. */
function withDeployment(change: (deployment: ObjectIdentity) => ObjectIdentity | undefined): NameInput {
  const input = installed('todo-chatbot', 'todo-chatbot');
  return {
    ...input,
    deployments: input.deployments?.flatMap((each) =>
      each.name.endsWith('-backend') ? (change(each) ?? []) : each,
    ),
  };
}

describe('the name forms', () => {
  test('a release whose name holds the chart’s is not given it again, but may be', () => {
    expect(acceptedNames('deployment', 'todo-chatbot')).toEqual([
      'todo-chatbot-backend',
      'todo-chatbot-todo-chatbot-backend',
    ]);
    expect(acceptedNames('configMap', 'my-todo-chatbot')[0]).toBe('my-todo-chatbot-backend-config');
  });

  test('other releases have the chart’s name added', () => {
    expect(acceptedNames('secret', 'prod')).toEqual(['prod-todo-chatbot-backend-secret']);
  });

  test('long names are cut at 63 characters, as Helm does, without a hyphen at the end', () => {
    const release = `${'r'.repeat(51)}-x`;
    expect(acceptedNames('deployment', release)).toEqual([
      `${release}-todo-chat-backend`,
      `${release}-todo-chat`,
    ]);
    // The cut falls behind the hyphen of todo-chatbot.
    expect(acceptedNames('deployment', 'r'.repeat(57))[0]).toBe(`${'r'.repeat(57)}-todo-backend`);
  });

  test('a name tells the releases that could have given it', () => {
    expect(releasesFromName('deployment', 'prod-todo-chatbot-backend')).toEqual([
      'prod',
      'prod-todo-chatbot',
    ]);
    expect(releasesFromName('deployment', 'todo-chatbot-backend')).toEqual(['todo-chatbot']);
    expect(releasesFromName('secret', 'todo-chatbot-backend')).toEqual([]);
    expect(releasesFromName('deployment', 'shop-backend')).toEqual([]);
  });
});

describe('resolveNames', () => {
  test('finds the contract’s release', () => {
    expect(only(installed('todo-chatbot', 'todo-chatbot'))).toEqual({
      release: 'todo-chatbot',
      names: namesOf('todo-chatbot'),
      accepted: {
        deployment: ['todo-chatbot-backend', 'todo-chatbot-todo-chatbot-backend'],
        service: ['todo-chatbot-backend', 'todo-chatbot-todo-chatbot-backend'],
        configMap: ['todo-chatbot-backend-config', 'todo-chatbot-todo-chatbot-backend-config'],
        secret: ['todo-chatbot-backend-secret', 'todo-chatbot-todo-chatbot-backend-secret'],
      },
      helm: { chart: 'todo-chatbot-0.1.0', revision: 1, status: 'deployed' },
    });
  });

  test.each([
    ['todo-chatbot', 'todo-chatbot-todo-chatbot'],
    ['prod', 'prod-todo-chatbot'],
    ['my-todo-chatbot', 'my-todo-chatbot'],
  ])('finds release %s under %s', (release, fullname) => {
    expect(only(installed(release, fullname))).toMatchObject({ release, names: namesOf(fullname) });
    expect(only({ ...installed(release, fullname), release })).toMatchObject({
      release,
      names: namesOf(fullname),
    });
  });

  test('a misnamed Deployment is found by its labels', () => {
    const input = withDeployment((deployment) => ({ ...deployment, name: 'api' }));
    for (const each of [input, { ...input, release: 'todo-chatbot' }]) {
      expect(only(each)).toMatchObject({
        release: 'todo-chatbot',
        names: { ...namesOf('todo-chatbot'), deployment: 'api' },
      });
    }
  });

  test.each<[string, Labels]>([
    ['no labels at all', {}],
    ['another component', { app: 'todo-chatbot', component: 'api', instance: 'todo-chatbot' }],
    ['another application', { app: 'shop', component: 'backend', instance: 'todo-chatbot' }],
    ['another instance', { app: 'todo-chatbot', component: 'backend', instance: 'shop' }],
  ])('a mislabelled Deployment is found by its name: %s', (_what, labels) => {
    const input = withDeployment(() => object('todo-chatbot-backend', labels));
    expect(only(input)).toMatchObject({ release: 'todo-chatbot', names: namesOf('todo-chatbot') });
    expect(only({ ...input, releases: [] })).toMatchObject({
      release: 'todo-chatbot',
      names: namesOf('todo-chatbot'),
    });
  });

  test('a Deployment that is misnamed and has lost its release is given the one that lacks a Deployment', () => {
    const input = withDeployment(() => object('api', { app: 'todo-chatbot', component: 'backend' }));
    expect(only(input)).toMatchObject({
      release: 'todo-chatbot',
      names: { ...namesOf('todo-chatbot'), deployment: 'api' },
    });
    expect(only({ ...input, release: 'todo-chatbot' }).names.deployment).toBe('api');
  });

  test('with --release, a Deployment of it that is a backend by its component only is found', () => {
    const input = withDeployment(() =>
      object('api', { app: 'x', component: 'backend', release: 'todo-chatbot' }),
    );
    expect(only({ ...input, release: 'todo-chatbot' }).names.deployment).toBe('api');
    expect(only(input).names.deployment).toBe('api');
  });

  test('a missing Deployment is expected under the form of what is left', () => {
    const input = installed('todo-chatbot', 'todo-chatbot-todo-chatbot');
    const left = { ...input, deployments: [], releases: [] };
    expect(only(left)).toMatchObject({
      release: 'todo-chatbot',
      names: namesOf('todo-chatbot-todo-chatbot'),
      helm: undefined,
    });
  });

  test('a Helm release of the chart whose objects are all gone is still a target', () => {
    expect(
      only({ ...EMPTY, releases: [{ name: 'todo-chatbot', revision: 2, status: 'deployed' }] }),
    ).toMatchObject({
      names: namesOf('todo-chatbot'),
      helm: { chart: undefined, revision: 2, status: 'deployed' },
    });
    expect(only({ ...EMPTY, releases: [{ name: 'prod', chart: 'todo-chatbot' }] }).names).toEqual(
      namesOf('prod-todo-chatbot'),
    );
  });

  test('without Helm, kubectl’s objects are found', () => {
    const input = installed('todo-chatbot', 'todo-chatbot');
    const bare = (objects: readonly ObjectIdentity[] | undefined) => objects?.map(({ name }) => object(name));
    const found = only({
      ...input,
      deployments: bare(input.deployments),
      services: bare(input.services),
      configMaps: bare(input.configMaps),
      secrets: bare(input.secrets),
      releases: [],
    });
    expect(found).toMatchObject({ release: 'todo-chatbot', names: namesOf('todo-chatbot'), helm: undefined });
  });

  test('other applications do not confuse', () => {
    const shop = { app: 'shop', component: 'backend', instance: 'shop', release: 'shop' };
    const others: NameInput = {
      ...EMPTY,
      deployments: [object('a-backend', shop), object('shop-backend', shop)],
      services: [object('a-backend', shop)],
      configMaps: [object('a-backend-config', shop)],
      secrets: [object('a-backend-secret', shop)],
      releases: [{ name: 'shop', revision: 1, status: 'deployed' }],
    };
    expect(only(both(others, installed('prod', 'prod-todo-chatbot')))).toMatchObject({
      release: 'prod',
      names: namesOf('prod-todo-chatbot'),
    });
    expect(problem(others)).toMatchObject({ kind: 'no-release', exitCode: 1, candidates: ['shop'] });
  });

  test('what another release owns is not taken, whatever its name', () => {
    const stolen = object('todo-chatbot-backend', { release: 'other' });
    expect(problem({ ...EMPTY, deployments: [stolen], release: 'todo-chatbot' }).kind).toBe(
      'release-not-found',
    );
  });

  test('leftovers of an old release do not make a second one', () => {
    const input = both(installed('prod', 'prod-todo-chatbot'), {
      ...EMPTY,
      configMaps: [object('old-todo-chatbot-backend-config')],
    });
    expect(only(input).release).toBe('prod');
    expect(
      only(
        both(installed('prod', 'prod-todo-chatbot'), {
          ...EMPTY,
          releases: [{ name: 'todo-chatbot', status: 'uninstalled' }],
        }),
      ).release,
    ).toBe('prod');
  });

  test('a release that was uninstalled and left its history is told, with the way back', () => {
    const gone = {
      ...EMPTY,
      releases: [
        { name: 'todo-chatbot', status: 'uninstalled', revision: 3 },
        { name: 'shop', status: 'uninstalled', revision: 1 },
      ],
    };
    for (const each of [gone, { ...gone, release: 'todo-chatbot' }]) {
      const { message } = problem(each);
      expect(message).toContain(
        'Release todo-chatbot was uninstalled, and its history kept: helm -n default rollback todo-chatbot 3 brings it back.',
      );
      expect(message).not.toContain('shop');
    }
  });

  describe('several releases', () => {
    const input = both(installed('todo-chatbot', 'todo-chatbot'), installed('prod', 'prod-todo-chatbot'));

    test('are listed, and --release is asked for', () => {
      expect(problem(input)).toEqual({
        kind: 'several-releases',
        exitCode: 2,
        candidates: ['prod', 'todo-chatbot'],
        choices: ['prod', 'todo-chatbot'].map((name) => ({
          ...{ name, value: name, namespace: 'default' },
          flag: 'release',
        })),
        message: [
          'Several releases found in namespace "default": prod, todo-chatbot. Choose one with --release or --deployment, or verify each with --all-releases.',
          '',
          'DEPLOYMENT                  RELEASE        CHOOSE IT WITH',
          'prod-todo-chatbot-backend   prod           --release prod',
          'todo-chatbot-backend        todo-chatbot   --release todo-chatbot',
        ].join('\n'),
      });
    });

    test('--release chooses one', () => {
      expect(only({ ...input, release: 'prod' })).toMatchObject({
        release: 'prod',
        names: namesOf('prod-todo-chatbot'),
      });
      expect(only({ ...input, release: 'todo-chatbot' })).toMatchObject({
        release: 'todo-chatbot',
        names: namesOf('todo-chatbot'),
      });
    });

    test('--all-releases gives one target for each', () => {
      const resolution = resolveNames({ ...input, allReleases: true });
      expect(resolution).toMatchObject({
        ok: true,
        targets: [
          { release: 'prod', names: namesOf('prod-todo-chatbot') },
          { release: 'todo-chatbot', names: namesOf('todo-chatbot') },
        ],
      });
    });
  });

  test('an empty namespace says so', () => {
    expect(problem({ ...EMPTY, namespace: 'staging' })).toEqual({
      kind: 'no-release',
      exitCode: 1,
      candidates: [],
      message:
        'No todo-chatbot release found in namespace "staging". It has no Helm releases. It has no Deployments. Choose another namespace with -n, or name the release with --release.',
    });
  });

  test('a --release that is not there lists those that are', () => {
    const found = problem({ ...installed('prod', 'prod-todo-chatbot'), release: 'prd' });
    expect(found).toMatchObject({ kind: 'release-not-found', exitCode: 2, candidates: ['prod'] });
    expect(found.message).toContain(
      'No todo-chatbot backend of release "prd" found in namespace "default". Helm releases there: prod.',
    );
    // A release of another chart is not the backend's.
    expect(problem({ ...EMPTY, releases: [{ name: 'shop', chart: 'shop' }], release: 'shop' }).kind).toBe(
      'release-not-found',
    );
  });

  describe('where lists cannot be read', () => {
    test('the contract’s names are used', () => {
      expect(only(UNREADABLE)).toMatchObject({
        release: undefined,
        names: namesOf('todo-chatbot'),
        helm: undefined,
      });
      expect(only({ ...UNREADABLE, release: 'prod' })).toMatchObject({
        release: 'prod',
        names: namesOf('prod-todo-chatbot'),
      });
    });

    test('what can be read decides the form', () => {
      const { services } = installed('prod', 'prod-todo-chatbot');
      expect(only({ ...UNREADABLE, services })).toMatchObject({
        release: 'prod',
        names: namesOf('prod-todo-chatbot'),
      });
    });

    test('Secrets that are forbidden change nothing else', () => {
      const input = { ...installed('prod', 'prod-todo-chatbot'), secrets: undefined, releases: undefined };
      expect(only(input)).toMatchObject({
        release: 'prod',
        names: namesOf('prod-todo-chatbot'),
        helm: { chart: 'todo-chatbot-0.1.0', revision: undefined, status: undefined },
      });
    });

    test('a namespace without Deployments has no release, and says what could not be listed', () => {
      expect(problem({ ...UNREADABLE, deployments: [] }).message).toContain(
        'Helm releases could not be listed. It has no Deployments.',
      );
    });
  });

  test('hostile names do not reach the terminal as they are', () => {
    const { message } = problem({ ...EMPTY, deployments: [object('x\u001b[2Jy')] });
    expect(message).not.toContain('\u001b');
  });
});
