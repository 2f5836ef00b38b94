/** The releases of many namespaces: all of them, or those of a list. What one namespace asks is asked once. */
import { mapLimited } from '../evidence/concurrency.js';
import { discover, type Discovery } from '../evidence/discovery.js';
import type { ReaderOptions } from '../evidence/fact-context.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { allOf } from '../evidence/redaction.js';
import { SharedClient } from '../evidence/shared-client.js';
import { backendNamespaces } from './elsewhere.js';
import { findReleases, type Many } from './find-releases.js';
import { CONCURRENT_RELEASES, type Session, type SessionFlags } from './release.js';
import type { Listed } from './releases-file.js';
import { unknownRelease } from './unknown-release.js';
import { UsageError } from './usage-error.js';

/** The releases of all namespaces that have one: each namespace as if it alone were asked for. */
export async function findEverywhere(
  client: KubernetesClient,
  flags: SessionFlags,
  options: ReaderOptions,
  signal: AbortSignal,
): Promise<Session> {
  const namespaces = await backendNamespaces(client, signal);
  const each = { ...flags, 'all-releases': true, release: undefined, deployment: undefined };
  const many = shared(client);
  const sessions = await mapLimited(namespaces, CONCURRENT_RELEASES, (namespace) =>
    findReleases(many.client, each, options, signal, namespace, undefined, many),
  );
  return together(sessions, many);
}

/** The releases of a list, each as if it alone were asked for; one that is not there is a row that says so. */
export async function findListed(
  client: KubernetesClient,
  flags: SessionFlags,
  listed: readonly Listed[],
  options: ReaderOptions,
  signal: AbortSignal,
): Promise<Session> {
  const many = shared(client);
  const sessions = await mapLimited(listed, CONCURRENT_RELEASES, async (each): Promise<Session> => {
    const { namespace, release, deployment } = each;
    const own = { ...flags, 'all-releases': false, release, deployment };
    try {
      return await findReleases(many.client, own, options, signal, namespace, undefined, many);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const unknown = await unknownRelease(
        { ...own, context: flags.context ?? client.context },
        namespace,
        error.message,
      );
      return { releases: [unknown], redactor: allOf([]), close: () => Promise.resolve() };
    }
  });
  return together(sessions, many);
}

function shared(client: KubernetesClient): Many {
  const known = new Map<string, Promise<Discovery>>();
  const of = new SharedClient(client);
  return {
    client: of,
    discover: (namespace, signal) => {
      const found = known.get(namespace) ?? discover(of, namespace, signal);
      known.set(namespace, found);
      return found;
    },
  };
}

function together(sessions: readonly Session[], { client }: Many): Session {
  return {
    releases: sessions.flatMap(({ releases }) => releases),
    found: sessions.reduce((sum, { found, releases }) => sum + (found ?? releases.length), 0),
    redactor: allOf(sessions.map(({ redactor }) => redactor)),
    close: async () => {
      for (const each of sessions) await each.close();
      await client.close();
    },
  };
}
