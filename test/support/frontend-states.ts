/** Changes to the healthy state by which the frontend beside the backend does not get to it. */
import type { IngressFault } from '../../src/evidence/evidence.js';
import type { HealthyEvidence } from './check-context.js';

/** Its environment names a Service that is not there. */
export function namesNoService(evidence: HealthyEvidence): void {
  evidence.frontendUrls = {
    deployment: 'todo-chatbot-frontend',
    isAlone: true,
    origins: [],
    urls: [
      {
        variable: 'BACKEND_URL',
        container: 'frontend',
        source: { from: 'template', uses: [] },
        forBrowsers: false,
        leads: 'service',
        origin: 'http://backend:8000',
        host: 'backend',
        port: 8000,
        service: { name: 'backend', namespace: 'default', missing: true },
      },
    ],
  };
}

/** The backend has no CORSMiddleware, and the frontend's pages come from another port. */
export function refusesOrigin(evidence: HealthyEvidence): void {
  evidence.cors = {
    preflights: [
      {
        origin: 'http://localhost:3000',
        from: '--origin',
        certain: true,
        url: 'http://localhost:30081/api/tasks',
        outcome: 'response',
        detail: '',
        status: 405,
      },
    ],
  };
}

/** Reached through an Ingress, with something wrong with that. */
export const behindIngress =
  (fault: IngressFault) =>
  ({ route }: HealthyEvidence): void => {
    route.outside = {
      type: 'ClusterIP',
      ingresses: [
        {
          ingress: 'todo',
          host: 'todo.local',
          path: '/',
          addresses: [],
          problems: [fault.says],
          faults: [fault],
        },
      ],
    };
  };
