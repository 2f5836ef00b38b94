import { deploymentRef } from '../../rule/object-ref.js';
import type { SecurityContext } from '../../evidence/objects.js';
import { defineCheck, type Finding, skip } from '../check.js';
import { absent, failOrWarn } from '../shared.js';
import { changeObject, patchContainer } from '../../fixes/commands.js';
import { isOpen } from '../../contract/open.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';

type Message =
  | 'run-as-user'
  | 'run-as-non-root'
  | 'non-root-not-enforced'
  | 'privilege-escalation'
  | 'privileged'
  | 'drop-capabilities'
  | 'added-capabilities';

export default defineCheck({
  meta: {
    id: 'deployment/security-context',
    title: 'Container runs without root and without privileges',
    failureTitle: 'Container may do more than the contract allows',
    why: 'whoever breaks into the application gets what its container may do',
    remedy: (context, findings) => {
      const { runAsUser, runAsNonRoot, allowPrivilegeEscalation, dropCapabilities } =
        context.contract.backend.securityContext;
      const has = (...ids: string[]) =>
        findings.length === 0 || findings.some(({ messageId }) => ids.includes(messageId));
      const capabilities = {
        ...(has('drop-capabilities') && { drop: dropCapabilities }),
        ...(has('added-capabilities') && { add: null }),
      };
      const securityContext = {
        ...(has('run-as-user') && { runAsUser }),
        ...(has('run-as-non-root', 'non-root-not-enforced') && { runAsNonRoot }),
        ...(has('privilege-escalation') && { allowPrivilegeEscalation }),
        ...(has('privileged') && { privileged: false }),
        ...(Object.keys(capabilities).length > 0 && { capabilities }),
      };
      return changeObject(context, patchContainer(context, { securityContext }));
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      'run-as-user': 'the container runs as {found}',
      'run-as-non-root': 'nothing keeps the container from running as root: runAsNonRoot is {found}',
      'non-root-not-enforced':
        'runAsNonRoot is {found}: only runAsUser keeps the container from running as root',
      'privilege-escalation': 'allowPrivilegeEscalation is {found}',
      privileged: 'the container is privileged: every other restriction is void',
      'drop-capabilities': 'capabilities dropped: {found}',
      'added-capabilities': 'capabilities are added: {found}',
    },
    contractSection:
      'Security Requirements: Container Security; Kubernetes Resources: Deployment, Pod Template',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const located = backendContainer(deployment, { contract, target });
    if (!located) return NO_CONTAINER;
    if (isOpen(contract, 'backend.securityContext'))
      return skip('the contract leaves the security context open');
    const expected = contract.backend.securityContext;
    const own: SecurityContext = located.container.securityContext ?? {};
    const pod: SecurityContext = deployment.spec.template.spec.securityContext ?? {};
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const add = (
      list: Finding<Message>[],
      messageId: Message,
      name: string,
      want: string | number,
      found: string,
    ) => {
      const inPod =
        own[name as keyof SecurityContext] === undefined && pod[name as keyof SecurityContext] !== undefined;
      const field = `${inPod ? 'spec.template.spec' : located.path}.securityContext.${name}`;
      list.push({ messageId, data: { expected: want, found, field }, object: deploymentRef(target) });
    };

    // The container's field wins over the pod's, each by itself (kubelet: securitycontext.DetermineEffectiveSecurityContext).
    const user = own.runAsUser ?? pod.runAsUser;
    const nonRoot = own.runAsNonRoot ?? pod.runAsNonRoot;
    if (user !== expected.runAsUser) {
      const found = user === undefined ? 'the image’s own user (runAsUser is not set)' : `UID ${user}`;
      add(failures, 'run-as-user', 'runAsUser', expected.runAsUser, found);
    }
    if (expected.runAsNonRoot && nonRoot !== true) {
      const safe = user !== undefined && user !== 0;
      const found = nonRoot === undefined ? 'not set' : 'false';
      if (safe) add(warnings, 'non-root-not-enforced', 'runAsNonRoot', 'true', found);
      else add(failures, 'run-as-non-root', 'runAsNonRoot', 'true', found);
    }
    // The rest exists on containers only. API default of allowPrivilegeEscalation: allowed.
    if (!expected.allowPrivilegeEscalation && own.allowPrivilegeEscalation !== false) {
      const found = own.allowPrivilegeEscalation === undefined ? 'not set, which allows it' : 'true';
      add(failures, 'privilege-escalation', 'allowPrivilegeEscalation', 'false', found);
    }
    if (own.privileged) add(failures, 'privileged', 'privileged', 'false', 'true');
    // Runtimes compare names without regard to case.
    const dropped = (own.capabilities?.drop ?? []).map((name) => name.toUpperCase());
    const kept = expected.dropCapabilities.filter(
      (name) => !dropped.includes('ALL') && !dropped.includes(name.toUpperCase()),
    );
    if (kept.length > 0) {
      const found = dropped.join(', ') || 'none';
      add(failures, 'drop-capabilities', 'capabilities.drop', expected.dropCapabilities.join(', '), found);
    }
    const added = own.capabilities?.add ?? [];
    if (added.length > 0) add(failures, 'added-capabilities', 'capabilities.add', 'none', added.join(', '));
    return failOrWarn(
      failures,
      warnings,
      `UID ${expected.runAsUser}, no escalation, drops ${expected.dropCapabilities.join(', ')}`,
    );
  },
});
