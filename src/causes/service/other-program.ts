import { serviceRef } from '../../rule/object-ref.js';
import { observed } from '../../rule/seen.js';
import { advise, see } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { listenersCommand } from '../../rule/command.js';

export default cause({
  id: 'service/other-program',
  topic: 'service',
  title: 'Something else answers where the backend should',
  severity: 'error',
  why: 'a port of this machine is whoever’s listens there first: another cluster, a forwarded port, a container. Its answers say nothing of the backend',
  seen: 'no pod’s access log shows the requests, and the API server gets another answer from the Service',
  remedy: 'find out what listens there and end it, or say with --url where the backend is',
  explains: [
    'functional/node-port',
    'functional/health',
    'functional/api-docs',
    'functional/auth-required',
    'load-balancing/*',
    'service/http-error',
  ],
  reads: ['route', 'health'],
  judge({ route, health }, { context }) {
    const { proof, baseUrl } = route;
    if (proof?.state !== 'refused') return [];
    const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(baseUrl).hostname);
    const answer = health.outcome === 'response' ? `HTTP ${health.status ?? '?'}` : health.detail;
    return [
      {
        verdict: 'confirmed',
        object: serviceRef(context.target),
        summary: `What answers at ${baseUrl} is not this backend: ${proof.says}.`,
        evidence: [
          observed(`GET ${health.url}`, null, answer),
          observed('pods’ access logs, and the API server', null, proof.says),
        ],
        fix: [
          isHere
            ? see(
                'See which program listens there. End it, or ask the backend elsewhere with --url.',
                listenersCommand(baseUrl),
              )
            : advise('See what answers at this address, and say with --url where the backend is.'),
        ],
      },
    ];
  },
});
