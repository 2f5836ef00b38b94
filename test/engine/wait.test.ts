import { describe, expect, test } from '@jest/globals';
import { cannotHeal } from '../../src/engine/wait.js';
import type { ContainerState } from '../../src/evidence/objects.js';
import { healthyEvidence } from '../support/healthy.js';

function podsWaiting(state: ContainerState, restartCount = 0) {
  const { pods } = healthyEvidence();
  const status = pods[0]?.status?.containerStatuses?.[0];
  if (!status) throw new Error('the fixture has no container status');
  Object.assign(status, { state, restartCount, ready: false });
  return pods;
}

describe('cannotHeal', () => {
  test('is silent about pods that run or are being created', () => {
    expect(cannotHeal(healthyEvidence().pods)).toBeUndefined();
    expect(cannotHeal(podsWaiting({ waiting: { reason: 'ContainerCreating' } }))).toBeUndefined();
  });

  test('names a pull that can never work, and waits for one that may', () => {
    const message = 'rpc error: code = NotFound desc = failed to pull: not found';
    expect(cannotHeal(podsWaiting({ waiting: { reason: 'ErrImagePull', message } }))?.reason).toContain(
      'not found',
    );
    const timeout = 'dial tcp: i/o timeout';
    expect(
      cannotHeal(podsWaiting({ waiting: { reason: 'ErrImagePull', message: timeout } })),
    ).toBeUndefined();
    expect(cannotHeal(podsWaiting({ waiting: { reason: 'ErrImageNeverPull' } }))?.reason).toBe(
      'ErrImageNeverPull',
    );
  });

  test.each([
    [
      'the image’s own name',
      'Back-off pulling image "registry.internal/denied/not found:1": dial tcp: i/o timeout',
    ],
    [
      'a resolver that does not know the registry',
      'dial tcp: lookup registry.internal: no such host (not found)',
    ],
    ['a proxy that refuses for now', 'proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused'],
    ['a limit that passes', 'toomanyrequests: You have reached your pull rate limit. Access denied for now'],
    ['a certificate that can be mended', 'tls: failed to verify certificate: x509: certificate has expired'],
  ])('waits for a pull that may work yet: %s', (_, message) => {
    for (const reason of ['ErrImagePull', 'ImagePullBackOff'])
      expect(cannotHeal(podsWaiting({ waiting: { reason, message } }))).toBeUndefined();
  });

  test.each([
    ['failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized'],
    ['pull access denied, repository does not exist or may require authorization'],
    ['no match for platform in manifest: not found'],
    ['manifest unknown: The named manifest is not known to the registry'],
  ])('gives a pull up that the registry has answered: %s', (message) => {
    expect(cannotHeal(podsWaiting({ waiting: { reason: 'ImagePullBackOff', message } }))?.reason).toContain(
      message,
    );
  });

  test('gives a crash loop five restarts', () => {
    const waiting = { reason: 'CrashLoopBackOff' };
    expect(cannotHeal(podsWaiting({ waiting }, 4))).toBeUndefined();
    expect(cannotHeal(podsWaiting({ waiting }, 5))?.pod).toMatch(/^todo-chatbot-backend-/);
  });

  test('does not speak of a pod that is being deleted', () => {
    const pods = podsWaiting({ waiting: { reason: 'InvalidImageName' } });
    if (pods[0]) pods[0].metadata.deletionTimestamp = '2026-02-09T14:00:00Z';
    expect(cannotHeal(pods)).toBeUndefined();
  });
});
