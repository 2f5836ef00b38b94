import type { DistributionFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

/** Requests spread over the pods: those of the load plan, else the contract's own ten. */
export async function readDistribution(context: FactContext): Promise<DistributionFacts> {
  const [{ measureOnce, measureSettled }, { contractPlan }] = await Promise.all([
    import('../../load/settled.js'),
    import('../../load/plan.js'),
  ]);
  const { load, probeTimeoutMs, onLedger } = context.options;
  const plan = load ?? contractPlan(context.contract, probeTimeoutMs);
  // What a user asked for is sent as it was asked for, and once.
  const measure = load === undefined ? measureSettled : measureOnce;
  return measure(context, {
    ...plan,
    onLedger: (ledger) => {
      plan.onLedger?.(ledger);
      onLedger?.(ledger);
    },
  });
}
