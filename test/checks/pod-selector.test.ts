/** Commands to paste select the pods of this application, by whatever labels its Deployment has. */
import { expect, test } from '@jest/globals';
import { EVERY_CHECK } from '../../src/checks/of-load-run.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { remedyText } from '../../src/rule/fix.js';
import { TARGET } from '../support/check-context.js';
import { NOW } from '../support/healthy.js';

test('no check advises a command that selects by the labels of another application', () => {
  const names = { deployment: 'api', service: 'api-web', configMap: 'api-env', secret: 'api-keys' };
  const target = { ...TARGET, helm: undefined, release: undefined, names, podLabels: 'app=todo' };
  const context = { contract: DEFAULT_CONTRACT, target, now: NOW };
  const commands = EVERY_CHECK.map(
    ({ meta }) => [meta.id, remedyText(meta.remedy(context, [])) ?? ''] as const,
  );
  const selecting = commands.filter(([, text]) => / -l [^k]/.test(text));
  expect(selecting.length).toBeGreaterThan(3);
  expect(selecting.filter(([, text]) => / -l \S*component=backend/.test(text))).toEqual([]);
});
