/** What every check says of a bundle, for the commands about checks. */
import { Flags } from '@oclif/core';
import type { CheckContext } from '../rule/context.js';
import { CHECKS } from '../checks/index.js';
import type { Report } from '../engine/report.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { openBundleSession } from './bundle-session.js';
import { contextOf } from './release.js';
import { Interruption } from './interruption.js';
import { UsageError } from './usage-error.js';
import { verifyRelease } from './verification.js';

export const fromFlag = Flags.string({ description: 'Say what the evidence of a bundle shows' });

/** @throws BundleError */
export async function judgeBundle(
  file: string,
  version: string,
): Promise<{ report: Report; context: CheckContext }> {
  const { releases } = await openBundleSession(file, {});
  const [release] = releases;
  if (!release) throw new UsageError(`${file} holds no release`);
  const interruption = new Interruption();
  try {
    const report = await verifyRelease({
      version,
      release,
      selected: new Set(CHECKS.map(({ meta }) => meta.id as string)),
      declined: new Map(Object.entries(release.replayed?.options.declined ?? {}) as [EvidenceKey, string][]),
      strict: false,
      waitMs: 0,
      interruption,
      emit: () => undefined,
    });
    return { report, context: contextOf(release) };
  } finally {
    interruption.dispose();
  }
}
