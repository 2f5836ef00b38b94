/** Values that pods took before they were changed: told for every variable, of every object that the pods take one from. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { environmentOfFacts } from '../../src/evidence/environment.js';
import type { VariableFacts } from '../../src/evidence/evidence.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES, healthyEvidence } from '../support/healthy.js';
import { ago } from '../support/pod-states.js';
import { together } from '../support/service-states.js';

const SECRET = 'todo-chatbot-backend-secret';
const CONFIG = 'todo-chatbot-backend-config';

const written =
  (kind: 'Secret' | 'ConfigMap', name: string, keys: string[], pods: readonly string[] = POD_NAMES) =>
  ({ drift }: HealthyEvidence) => {
    for (const pod of drift.pods)
      if (pods.includes(pod.pod))
        pod.newerSources.push({ kind, name, at: ago(300), manager: 'kubectl-edit', keys });
  };

const from = (kind: 'Secret' | 'ConfigMap', name: string, key: string, variable = key): VariableFacts => ({
  name: variable,
  source: { from: kind, name, key },
  field: 'env[0]',
  optional: false,
  hides: [],
  length: 3,
  blank: false,
});

/** Follows the variables to their objects, as the reader does. */
function followed(evidence: HealthyEvidence): void {
  const { deployment, configMap, secret } = evidence;
  evidence.environment = environmentOfFacts(
    deployment,
    configMap,
    secret,
    DEFAULT_CONTRACT.backend.container.name,
  );
}

const TOLD: [string, (evidence: HealthyEvidence) => void, string, RegExp][] = [
  [
    'BETTER_AUTH_SECRET rotated',
    written('Secret', SECRET, ['BETTER_AUTH_SECRET']),
    SECRET,
    /\(BETTER_AUTH_SECRET\)/,
  ],
  ['ConfigMap changed', written('ConfigMap', CONFIG, ['LOG_LEVEL']), CONFIG, /\(LOG_LEVEL\)/],
  ['written as a whole', written('ConfigMap', CONFIG, ['']), CONFIG, /LOG_LEVEL/],
  [
    'another Secret, under another name',
    (evidence) => {
      evidence.environment.variables.push(from('Secret', 'mail', 'password', 'SMTP_PASSWORD'));
      written('Secret', 'mail', ['password'])(evidence);
    },
    'mail',
    /\(SMTP_PASSWORD\)/,
  ],
  [
    'one pod of two',
    written('ConfigMap', CONFIG, ['LOG_LEVEL'], [POD_NAMES[0]]),
    CONFIG,
    /Pod \S+ had started/,
  ],
];

/** New values that no pod should start with. */
const WRONG: [string, (evidence: HealthyEvidence) => void, RegExp][] = [
  [
    'invalid LOG_LEVEL',
    (evidence) => {
      Object.assign(evidence.configMap.data, { LOG_LEVEL: 'LOUD' });
      written('ConfigMap', CONFIG, ['LOG_LEVEL'])(evidence);
    },
    /LOG_LEVEL/,
  ],
  [
    'invalid ENVIRONMENT',
    (evidence) => {
      Object.assign(evidence.configMap.data, { ENVIRONMENT: 'home' });
      written('ConfigMap', CONFIG, ['ENVIRONMENT'])(evidence);
    },
    /ENVIRONMENT/,
  ],
];

describe('told', () => {
  test.each(TOLD)('%s', async (_, change, name, words) => {
    const { diagnoses, exitCode, topics } = await diagnosed(together(followed, change), { topic: 'pods' });
    expect(diagnoses.map(({ cause }) => cause)).toEqual(['config/stale']);
    expect(diagnoses[0]).toMatchObject({ severity: 'warning', verdict: 'likely', object: { name } });
    expect(diagnoses[0]?.summary).toMatch(words);
    expect(diagnoses[0]?.fix[0]?.command).toContain('rollout restart');
    expect(exitCode).toBe(0);
    expect(topics[0]?.path.find(({ hop }) => hop === 'configured')?.detail).toContain('before a change');
  });

  test('with --strict it fails', async () => {
    const { exitCode } = await diagnosed(together(followed, written('ConfigMap', CONFIG, ['LOG_LEVEL'])), {
      topic: 'pods',
      strict: true,
    });
    expect(exitCode).toBe(1);
  });

  test.each(WRONG)(
    'a wrong value is put right before any pod starts with it: %s',
    async (_, change, words) => {
      const { diagnoses } = await diagnosed(together(followed, change, followed));
      const stale = diagnoses.find(({ cause }) => cause === 'config/stale');
      expect(stale?.fix[0]?.description).toMatch(/^Put the new value right first: /);
      expect(stale?.fix[0]?.command).toMatch(words);
      expect(stale?.fix.at(-1)?.command).toContain('rollout restart');
    },
  );
});

describe('not told', () => {
  const QUIET: [string, (evidence: HealthyEvidence) => void][] = [
    ['nothing was written', () => undefined],
    ['a key that no variable comes from', written('ConfigMap', CONFIG, ['README'])],
    ['an object that no variable comes from', written('ConfigMap', 'elsewhere', ['LOG_LEVEL'])],
    ['DATABASE_URL, which was compared inside the pod', written('Secret', SECRET, ['DATABASE_URL'])],
    [
      'a pod of an older revision, which is about to go',
      (evidence) => {
        written('ConfigMap', CONFIG, ['LOG_LEVEL'])(evidence);
        for (const { metadata } of evidence.pods)
          metadata.ownerReferences = [{ kind: 'ReplicaSet', name: 'older', uid: 'older', controller: true }];
      },
    ],
  ];
  test.each(QUIET)('%s', async (_, change) => {
    const { causes } = await diagnosed(together(followed, change), { topic: 'pods' });
    expect(causes).not.toContain('config/stale');
  });

  test('the healthy state takes a variable from each object that is changed above', () => {
    const evidence = healthyEvidence();
    followed(evidence);
    const { variables } = evidence.environment;
    const sources = variables.map(
      ({ name, source }) =>
        `${source.from === 'Secret' || source.from === 'ConfigMap' ? source.name : ''} ${name}`,
    );
    expect(sources).toEqual(expect.arrayContaining([`${SECRET} BETTER_AUTH_SECRET`, `${CONFIG} LOG_LEVEL`]));
  });
});

test('Helm wrote the Secret, and the checksum of its values in the pod template has not changed: nothing is stale', async () => {
  const byHelm =
    (annotations: Record<string, string>) =>
    ({ drift, pods }: HealthyEvidence) => {
      for (const { metadata } of pods) metadata.annotations = annotations;
      for (const pod of drift.pods)
        pod.newerSources.push({
          kind: 'Secret',
          name: SECRET,
          at: ago(300),
          manager: 'helm',
          keys: ['BETTER_AUTH_SECRET'],
        });
    };
  expect((await diagnosed(together(followed, byHelm({ 'checksum/secret': 'abc' })))).causes).toEqual([]);
  expect((await diagnosed(together(followed, byHelm({})))).causes).toEqual(['config/stale']);
});
