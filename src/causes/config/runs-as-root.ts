import { patchContainer } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { unmadeCause } from './_unmade.js';

export default unmadeCause({
  id: 'config/runs-as-root',
  title: 'The container would run as root, which its security context forbids',
  why: 'with runAsNonRoot the kubelet refuses to start a container whose user is root, or a name that it cannot check',
  seen: 'CreateContainerConfigError: container has runAsNonRoot and image will run as root, or image has non-numeric user',
  remedy: 'set runAsUser to 1001, as the contract has it, or give the image a numeric USER',
  explains: ['deployment/security-context'],
  what: (who) => `${who} would run as root, which its security context forbids (runAsNonRoot).`,
  fix(_, { context }) {
    const user = context.contract.backend.securityContext.runAsUser;
    return [
      inTemplate(
        context,
        `Run it as user ${user}, as the contract has it.`,
        patchContainer(context, { securityContext: { runAsNonRoot: true, runAsUser: user } }),
      ),
    ];
  },
});
