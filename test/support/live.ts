/** A live reader over a fake API that holds the healthy backend. */
import { DEFAULT_CONTRACT, type Contract } from '../../src/contract/contract.js';
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed } from '../../src/evidence/evidence.js';
import { createLiveReader, type ReaderOptions } from '../../src/evidence/live-reader.js';
import { createRedactor, type Redactor } from '../../src/evidence/redaction.js';
import { TARGET } from './check-context.js';
import {
  apiSecret,
  AUTH_SECRET,
  DATABASE_URL,
  fakeClient,
  PATHS,
  type FakeApi,
  type FakeClient,
} from './fake-client.js';
import { healthyEvidence } from './healthy.js';

export interface Live {
  client: FakeClient;
  reader: EvidenceReader;
  redactor: Redactor;
  /** @throws Error when the fact could not be read */
  read: <K extends EvidenceKey>(key: K) => Promise<EvidenceMap[K]>;
  observe: <K extends EvidenceKey>(key: K) => Promise<Observed<EvidenceMap[K]>>;
}

/** The API as the healthy deployment makes it; objects under the API's own form. */
export function healthyApi() {
  const { deployment, replicaSets, pods, service, nodes } = healthyEvidence();
  const objects: Record<string, unknown> = {
    [PATHS.version]: { major: '1', minor: '34', gitVersion: 'v1.34.1', platform: 'linux/amd64' },
    [PATHS.nodes]: nodes,
    [PATHS.deployment]: deployment,
    [PATHS.deployments]: [],
    [PATHS.replicaSets]: replicaSets,
    [PATHS.pods]: pods,
    [PATHS.service]: service,
    [PATHS.configMap]: {
      metadata: { name: 'todo-chatbot-backend-config', labels: { a: 'b' } },
      data: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
    },
    [PATHS.secret]: apiSecret('todo-chatbot-backend-secret', {
      DATABASE_URL,
      BETTER_AUTH_SECRET: AUTH_SECRET,
    }),
    [PATHS.events]: [],
    [PATHS.networkPolicies]: [],
    [PATHS.endpointSlices]: [],
  };
  return { objects } satisfies FakeApi;
}

export function live(
  api: FakeApi,
  options: Partial<ReaderOptions> = {},
  change: (contract: Contract) => void = () => undefined,
): Live {
  const client = fakeClient(api);
  const redactor = createRedactor(Object.values(TARGET.names));
  const contract = structuredClone(DEFAULT_CONTRACT);
  change(contract);
  const reader = createLiveReader({
    client,
    target: TARGET,
    contract,
    options: { exec: true, requestTimeoutMs: 1000, probeTimeoutMs: 1000, ...options },
    redactor,
  });
  const { signal } = new AbortController();
  return {
    client,
    reader,
    redactor,
    observe: (key) => reader.read(key, signal),
    async read(key) {
      const observed = await reader.read(key, signal);
      if (!observed.ok) throw new Error(`${key}: ${observed.why}: ${observed.detail}`);
      return observed.value;
    },
  };
}
