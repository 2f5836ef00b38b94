import { fix, look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { defineCheck, warnUnlessEmpty, type Finding } from '../check.js';

type Message = 'tls-verification-off' | 'slow';

/** Milliseconds: twenty times what a distant API server takes; beyond it every command of the contract drags. */
const SLOW_MS = 2000;

export default defineCheck({
  meta: {
    id: 'cluster/reachable',
    title: 'Kubernetes API server answers',
    failureTitle: 'Kubernetes API server answers, but not as it should',
    why: 'nothing about the deployment can be known without the API server',
    remedy: (context) => {
      const { target, shell } = context;
      // What is asked is whether this context leads anywhere, so it is named, given or not.
      const named = target.context === 'in-cluster' || target.context === '' ? undefined : target.context;
      const place = { target, shell: { ...shell, context: shell?.context ?? named } };
      return [
        look(kubectl(place, 'cluster-info', null)),
        ...(target.context === 'minikube' ? [look('minikube status'), fix('minikube start')] : []),
      ];
    },
    severity: 'error',
    reads: ['server'],
    needs: [],
    messages: {
      'tls-verification-off':
        'the API server’s certificate is not verified, so another server could answer in its place',
      slow: 'the API server took {found} to answer',
    },
    contractSection: 'Troubleshooting: Service Not Accessible',
  },
  evaluate({ server }, { target }) {
    const object = { kind: 'Context', name: target.context };
    const latency = `${Math.round(server.latencyMs)} ms`;
    const findings: Finding<Message>[] = [];
    if (server.insecureSkipTlsVerify) {
      const found = 'insecure-skip-tls-verify: true';
      const field = 'clusters[].cluster.insecure-skip-tls-verify';
      findings.push({
        messageId: 'tls-verification-off',
        data: { expected: 'certificate-authority or certificate-authority-data', found, field },
        object,
      });
    }
    if (server.latencyMs > SLOW_MS) {
      const expected = `at most ${SLOW_MS} ms`;
      findings.push({ messageId: 'slow', data: { expected, found: latency, field: 'GET /version' }, object });
    }
    return warnUnlessEmpty(findings, `Kubernetes ${server.gitVersion} answered in ${latency}`);
  },
});
