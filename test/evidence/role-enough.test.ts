/** For each check: with exactly the Role that is printed for it, it says what it says with every right. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { CHECKS } from '../../src/checks/index.js';
import ChecksRole from '../../src/commands/checks/role.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { PolicyRule } from '../../src/lab/world.js';
import { runCommand } from '../bundle/support.js';

/** What every user may do (ClusterRole system:basic-user). */
const BASIC: PolicyRule = {
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  verbs: ['create'],
};

const roles = new Map<string, Promise<PolicyRule[]>>();

/** Rules of the Role and of the ClusterRole for one check. */
function printed(id: string): Promise<PolicyRule[]> {
  const known = roles.get(id) ?? rulesFor(id);
  roles.set(id, known);
  return known;
}

async function rulesFor(id: string): Promise<PolicyRule[]> {
  const { stdout } = await runCommand(ChecksRole, ['--only', id]);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as { rules: PolicyRule[] }).rules);
}

/**
 * In each of them something is asked that nobody asks of what is healthy. Not among them is a Service without a node port: the way
 * through the API server reaches every port of every Service, and is granted to those who ask for it (--via proxy).
 */
const SCENARIOS = ['healthy', 'replicas-scaled-down', 'health-500', 'cors-refused', 'log-rotated'];

describe.each(SCENARIOS)('%s', (scenario) => {
  let lab: Lab;
  let everything: PolicyRule[];

  beforeAll(async () => {
    lab = await startLab(scenario);
    await lab.change((world) => (everything = world.role));
  });
  afterAll(() => lab.close());

  async function verdicts(role: readonly PolicyRule[], only: readonly string[]): Promise<string[]> {
    await lab.change((world) => (world.role = [...role, BASIC]));
    const { stdout } = await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, ...only, '-o', 'json']);
    const { checks } = JSON.parse(stdout) as Report;
    return checks.map(({ id, status, message }) => `${status} ${id}: ${status === 'unknown' ? message : ''}`);
  }

  // Left out is the check that compares with what all checks need.
  test.each(CHECKS.map(({ meta }) => meta.id as string).filter((id) => id !== 'cluster/permissions'))(
    '%s',
    async (id) => {
      const only = ['--only', id];
      const withOwn = await verdicts(await printed(id), only);
      expect(withOwn).toEqual(await verdicts(everything, only));
    },
  );
});
