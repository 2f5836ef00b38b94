/** A live reader over the embedded cluster: facts as they are read from a real API server, over TLS. */
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { EvidenceKey, EvidenceMap, Observed } from '../../src/evidence/evidence.js';
import { createKubernetesClient } from '../../src/evidence/kubernetes/create-client.js';
import { createLiveReader, type ReaderOptions } from '../../src/evidence/live-reader.js';
import { createRedactor, type Redactor } from '../../src/evidence/redaction.js';
import { startLab, type Lab, type LabOptions } from '../../src/lab/lab.js';
import type { World } from '../../src/lab/world.js';
import { TARGET } from './check-context.js';

export interface LabReader {
  lab: Lab;
  redactor: Redactor;
  observe: <K extends EvidenceKey>(key: K) => Promise<Observed<EvidenceMap[K]>>;
  /** @throws Error when the fact could not be read */
  read: <K extends EvidenceKey>(key: K) => Promise<EvidenceMap[K]>;
}

/**
 * Calls `use` with a reader of a lab, and ends both afterwards.
 * @param change made to the scenario's state before anything is read
 */
export async function withLab(
  scenario: string,
  use: (reader: LabReader) => Promise<void>,
  change: (world: World) => void = () => undefined,
  options: Partial<ReaderOptions> = {},
  labOptions: LabOptions = {},
): Promise<void> {
  const lab = await startLab(scenario, labOptions);
  const client = await createKubernetesClient(
    { kubeconfig: lab.kubeconfigPath, requestTimeoutMs: 5000 },
    process.env,
  );
  const redactor = createRedactor(Object.values(TARGET.names));
  const target = { ...TARGET, context: client.context, server: client.server };
  const reader = createLiveReader({
    client,
    target,
    contract: structuredClone(DEFAULT_CONTRACT),
    options: { exec: true, requestTimeoutMs: 5000, probeTimeoutMs: 2000, ...options },
    redactor,
  });
  const { signal } = new AbortController();
  try {
    await lab.change(change);
    await use({
      lab,
      redactor,
      observe: (key) => reader.read(key, signal),
      async read(key) {
        const observed = await reader.read(key, signal);
        if (!observed.ok) throw new Error(`${key}: ${observed.why}: ${observed.detail}`);
        return observed.value;
      },
    });
  } finally {
    await reader.close();
    await client.close();
    await lab.close();
  }
}
