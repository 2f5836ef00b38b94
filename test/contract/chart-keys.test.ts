/** Keys of an installed chart that resemble the written contract's. */
import { describe, expect, test } from '@jest/globals';
import { resolveContract } from '../../src/contract/resolve.js';
import { release } from './release.js';

describe('keys of a release that are near one of the contract’s', () => {
  const notices = async (user: object, chart: object) =>
    (
      await resolveContract({
        valuesFiles: [],
        sets: [],
        helmRelease: release(user, chart, { name: 'todo', chartName: 'todo-app' }),
      })
    ).notices;

  test('are the chart’s own where its values have them, whoever sets them', async () => {
    const chart = { backend: { replicas: 2, images: {}, service: { ports: 1 }, resource: {} } };
    expect(await notices({}, chart)).toEqual([]);
    expect(await notices({ backend: { replicas: 3, service: { ports: 2 } } }, chart)).toEqual([]);
  });

  test('are a slip of the user’s where they have not', async () => {
    const [notice, ...others] = await notices(
      { backend: { replicaCont: 3 } },
      { backend: { replicaCount: 2 } },
    );
    expect(notice).toContain('did you mean backend.replicaCount?');
    expect(others).toEqual([]);
  });
});
