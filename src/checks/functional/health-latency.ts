import { serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { defineCheck, pass, unknown, warnUnlessEmpty, skip } from '../check.js';
import { isAbsent } from '../../contract/open.js';
import { podSelector } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'functional/health-latency',
    title: 'Health endpoint answers quickly',
    failureTitle: 'Health endpoint is slow',
    why: 'both probes give it a few seconds: a slow health check is the first sign of restarts to come',
    remedy: (context) => [
      look(kubectl(context, `top pod -l ${podSelector(context)}`), 'throttled, or waiting for the database?'),
    ],
    severity: 'warning',
    reads: ['health'],
    needs: ['functional/health'],
    messages: { slow: '{url} took {found}' },
    contractSection: 'Health Checks: Health Endpoint Requirements',
  },
  evaluate({ health }, { contract, target }) {
    if (isAbsent(contract, 'http.healthPath')) return skip('the contract knows no health endpoint');
    if (health.outcome !== 'response') return unknown('the health endpoint did not answer');
    const found = `${Math.round(health.ms)} ms`;
    const limit = contract.http.healthLatencyWarnMs;
    if (health.ms <= limit) return pass(found);
    const data = { url: health.url, expected: `at most ${limit} ms`, found };
    return warnUnlessEmpty([{ messageId: 'slow', data, object: serviceRef(target) }], '');
  },
});
