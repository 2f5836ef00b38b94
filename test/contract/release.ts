import type { HelmRelease } from '../../src/contract/helm-release.js';
import { readOverlay } from '../../src/contract/overlay.js';
import { fromJson } from '../../src/contract/tree.js';

/** The third revision of a release, with what its user set and what its chart sets otherwise. */
export function release(
  user: object,
  chart: object = {},
  { name, chartName } = { name: 'todo-chatbot', chartName: 'todo-chatbot' },
): HelmRelease {
  const source = `Helm release ${name} revision 3`;
  return {
    name,
    namespace: 'default',
    revision: 3,
    status: 'deployed',
    description: '',
    deployedAt: undefined,
    chart: { name: chartName, version: '0.1.0' },
    valuePaths: [],
    userValues: readOverlay(fromJson(user, { source }), 'release'),
    chartValues: readOverlay(fromJson(chart, { source: `${source} (chart’s default)` }), 'release'),
  };
}
