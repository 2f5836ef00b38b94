/** From flags to what is verified: the cluster, its releases, each one's contract, and how to observe it. */
import path from 'node:path';
import { CHECKS } from '../checks/index.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { clientOptions } from './client-options.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import type { ReaderOptions } from '../evidence/live-reader.js';
import type { Redactor } from '../evidence/redaction.js';
import { projectContract } from './project-file.js';
import { printedLine } from '../report/printed.js';
import { writeStderr } from '../report/write.js';
import { contextOf, type SessionFlags, type Session } from './release.js';
import { findEverywhere, findListed } from './find-many.js';
import { findReleases } from './find-releases.js';

/**
 * Connects, finds the releases and lays the overlays over the contract. A cluster that cannot be asked is no error
 * here: what it would have said is unknown in the report.
 * @throws UsageError, KubeconfigError, ContractError, BundleError
 */
export async function openSession(given: SessionFlags, signal: AbortSignal): Promise<Session> {
  if (given.from !== undefined) {
    const { openBundleSession } = await import('./bundle-session.js');
    return openBundleSession(given.from, given);
  }
  if (given.contexts !== undefined || given['releases-from'] !== undefined) {
    const { openFleet } = await import('./fleet-session.js');
    return openFleet(given, openSession, signal);
  }
  const project =
    given.projectFile === false || given.contract !== undefined || given.lab !== undefined
      ? undefined
      : await projectContract(process.cwd());
  const flags = {
    ...given,
    contract: given.contract ?? project,
    project: project && path.relative(process.cwd(), project),
  };
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    if (flags.manifests !== undefined || flags.chart !== undefined) {
      const { openPlanned } = await import('./planned.js');
      return await openPlanned(
        flags,
        { options: readerOptions(flags), find: findReleases, contextOf },
        signal,
      );
    }
    let { kubeconfig, url } = flags;
    if (flags.lab !== undefined) {
      const { startLab } = await import('../lab/lab.js');
      const lab = await startLab(flags.lab);
      closers.push(() => lab.close());
      kubeconfig = lab.kubeconfigPath;
      // Each lab has a loopback address of its own on Linux only; elsewhere its port may be another than the contract's.
      if (process.platform !== 'linux' && flags.via === undefined) url ??= lab.url;
    }
    const connected = await createKubernetesClient(clientOptions({ ...flags, kubeconfig }), process.env);
    closers.push(() => connected.close());
    // Until the releases are found nothing secret was read, so there is nothing to redact.
    const found: { redactor?: Redactor } = {};
    const client = flags.verbose
      ? await traced(connected, (line) => found.redactor?.redact(line) ?? line)
      : connected;
    const options = readerOptions({ ...flags, url });
    if (flags.stored) {
      const { openStored } = await import('./planned.js');
      const parts = { options: readerOptions(flags), find: findReleases, contextOf };
      return { ...(await openStored(client, flags, parts, signal)), close };
    }
    const session = await find(client, flags, options, signal);
    closers.push(() => session.close());
    found.redactor = session.redactor;
    return { ...session, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function find(
  client: KubernetesClient,
  flags: SessionFlags,
  options: ReaderOptions,
  signal: AbortSignal,
): Promise<Session> {
  if (flags.listed !== undefined) return findListed(client, flags, flags.listed, options, signal);
  return flags['all-namespaces']
    ? findEverywhere(client, flags, options, signal)
    : findReleases(client, flags, options, signal);
}

function readerOptions(flags: SessionFlags): ReaderOptions {
  return {
    url: flags.url,
    origin: flags.origin,
    via: flags.via as ReaderOptions['via'],
    exec: flags.exec === true,
    facts: [...new Set(CHECKS.flatMap(({ meta }) => [...(meta.reads as EvidenceKey[])]))],
    requestTimeoutMs: flags['request-timeout'],
    probeTimeoutMs: flags['request-timeout'],
  };
}

/** The client of --verbose: each call is a line on stderr. */
async function traced(client: KubernetesClient, redact: (line: string) => string): Promise<KubernetesClient> {
  const { tracedClient } = await import('../evidence/kubernetes/traced-client.js');
  return tracedClient(client, (line) => writeStderr(printedLine(redact(line))));
}
