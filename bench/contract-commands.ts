/**
 * The contract's own kubectl and curl commands whose answer `verify` gives, each with a check that answers it.
 *
 * None stands here twice, though the contract names some of them twice. Left out: what `verify` does not answer
 * (`kubectl top pod`, `minikube status`), and `ping` to the database's host, which asks again what telnet asks.
 */

export interface ContractCommand {
  /** As the contract writes it, but for `-it`, which needs a terminal, and placeholders in shell's terms. */
  command: string;
  answeredBy: string;
}

/** The section "Verification Steps": 5 kubectl and, for the loop is ten, 13 curl calls. */
export const VERIFICATION_STEPS: readonly ContractCommand[] = [
  { command: 'kubectl get deployment todo-chatbot-backend', answeredBy: 'deployment/rollout-complete' },
  { command: 'kubectl get pods -l app.kubernetes.io/component=backend', answeredBy: 'pods/ready' },
  { command: 'kubectl get service todo-chatbot-backend', answeredBy: 'service/ports' },
  { command: 'curl $URL/api/health', answeredBy: 'functional/health' },
  { command: 'curl $URL/docs', answeredBy: 'functional/api-docs' },
  {
    command: 'kubectl logs -l app.kubernetes.io/component=backend | grep -i database',
    answeredBy: 'functional/database-logs',
  },
  { command: 'curl $URL/api/tasks', answeredBy: 'functional/auth-required' },
  { command: 'kubectl get endpoints todo-chatbot-backend', answeredBy: 'load-balancing/endpoints' },
  {
    command: 'for i in {1..10}; do curl -s $URL/api/health | grep -o "pod-name"; done',
    answeredBy: 'load-balancing/distribution',
  },
];

/**
 * From "Network Access from Minikube" and "Troubleshooting": 7 kubectl calls, those that only read. The backend's image
 * has no curl, as slim images have none: there `kubectl exec` ends with an error, sooner than it would with an answer.
 */
export const FURTHER_COMMANDS: readonly ContractCommand[] = [
  {
    command: 'kubectl exec $POD -- curl -v telnet://host.neon.tech:5432',
    answeredBy: 'network/database-egress',
  },
  { command: 'kubectl describe pod $POD', answeredBy: 'pods/running' },
  { command: 'kubectl describe node minikube', answeredBy: 'cluster/nodes-ready' },
  { command: 'kubectl logs $POD', answeredBy: 'functional/database-logs' },
  { command: 'kubectl get secret todo-chatbot-backend-secret', answeredBy: 'config/secret' },
  { command: 'kubectl get secret todo-chatbot-backend-secret -o yaml', answeredBy: 'config/database-url' },
  { command: 'kubectl exec $POD -- curl localhost:8000/api/health', answeredBy: 'pods/ready' },
];
