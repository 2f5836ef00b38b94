import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/security-context.js';
import type { SecurityContext } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const GOOD: SecurityContext = {
  runAsUser: 1001,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};
const withContext = (container: SecurityContext | undefined, pod?: SecurityContext) =>
  judge(check, ({ deployment }) => {
    const { spec } = deployment.spec.template;
    Object.assign(spec.containers[0] ?? {}, { securityContext: container });
    spec.securityContext = pod;
  });

describe('deployment/security-context', () => {
  test('passes on the contract’s context', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'UID 1001, no escalation, drops ALL' });
  });

  test('takes user and non-root from the pod where the container says nothing', () => {
    const { runAsUser, runAsNonRoot, ...own } = GOOD;
    expect(withContext(own, { runAsUser, runAsNonRoot }).status).toBe('pass');
  });

  test('lets the container win over the pod, field by field', () => {
    const judged = withContext({ ...GOOD, runAsUser: 0 }, { runAsUser: 1001, runAsNonRoot: true });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['run-as-user'],
      messages: ['the container runs as UID 0'],
    });
    expect(withContext(GOOD, { runAsUser: 0, runAsNonRoot: false }).status).toBe('pass');
  });

  test('names the level that holds the wrong value', () => {
    expect(withContext({ ...GOOD, runAsUser: undefined }, { runAsUser: 1000 }).findings[0]?.data).toEqual({
      expected: 1001,
      found: 'UID 1000',
      field: 'spec.template.spec.securityContext.runAsUser',
    });
  });

  test('a context that is not set leaves everything open', () => {
    expect(withContext(undefined)).toMatchObject({
      status: 'fail',
      ids: ['run-as-user', 'run-as-non-root', 'privilege-escalation', 'drop-capabilities'],
      messages: [
        'the container runs as the image’s own user (runAsUser is not set)',
        'nothing keeps the container from running as root: runAsNonRoot is not set',
        'allowPrivilegeEscalation is not set, which allows it',
        'capabilities dropped: none',
      ],
    });
  });

  test('only warns when the UID alone keeps root away', () => {
    expect(withContext({ ...GOOD, runAsNonRoot: undefined })).toMatchObject({
      status: 'warn',
      ids: ['non-root-not-enforced'],
    });
    expect(withContext({ ...GOOD, runAsNonRoot: false })).toMatchObject({
      status: 'warn',
      ids: ['non-root-not-enforced'],
    });
  });

  test('fails on escalation and on privileged', () => {
    expect(withContext({ ...GOOD, allowPrivilegeEscalation: true })).toMatchObject({
      ids: ['privilege-escalation'],
    });
    expect(withContext({ ...GOOD, privileged: true })).toMatchObject({ ids: ['privileged'] });
  });

  test('reads capability names as runtimes do, and fails on what is kept or added', () => {
    expect(withContext({ ...GOOD, capabilities: { drop: ['all'] } }).status).toBe('pass');
    expect(withContext({ ...GOOD, capabilities: { drop: ['NET_RAW'] } })).toMatchObject({
      ids: ['drop-capabilities'],
      messages: ['capabilities dropped: NET_RAW'],
    });
    expect(
      withContext({ ...GOOD, capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'SYS_TIME'] } }),
    ).toMatchObject({
      ids: ['added-capabilities'],
      messages: ['capabilities are added: NET_ADMIN, SYS_TIME'],
    });
  });

  test('asks for no more than an overlaid contract does', () => {
    const judged = judge(check, ({ deployment }, contract) => {
      Object.assign(contract.backend.securityContext, {
        runAsNonRoot: false,
        allowPrivilegeEscalation: true,
        dropCapabilities: ['NET_RAW'],
      });
      Object.assign(deployment.spec.template.spec.containers[0] ?? {}, {
        securityContext: { runAsUser: 1001, capabilities: { drop: ['ALL'] } },
      });
    });
    expect(judged.status).toBe('pass');
  });
});
