import type { HelmReleaseFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { Unreadable } from '../observed.js';

/** What was read of the Helm release before anything else, because the contract rests on it. */
export async function readRelease(context: FactContext): Promise<HelmReleaseFacts> {
  const { release } = context.options;
  if (!release) return NO_RELEASE;
  if (!release.ok) throw new Unreadable(release);
  // Helm quotes what the API server refused, values included.
  await context.secretsKnown();
  return { ...release.value, description: context.hider.line(release.value.description) };
}

/** Where Helm has nothing to do with it. */
const NO_RELEASE: HelmReleaseFacts = {
  name: undefined,
  revisions: [],
  unread: undefined,
  description: '',
  deployedAt: undefined,
  isDeclared: false,
};
