/** Pods to which the Service leads, and in which nothing listens where it leads. */
import type { Look } from '../rule/look.js';
import type { PodVantage } from '../evidence/deep-facts.js';
import { isLoopback, listeningOn, type Listening } from './listening.js';
import { ofPod } from './of-pod.js';

export interface Misled {
  /** It listens at the port, where only the container itself can reach it; or at another one, the contract's or not. */
  means: 'bound-to-loopback' | 'target-port-mismatch' | 'application-port';
  vantage: PodVantage;
  /** For `bound-to-loopback`. */
  address: string;
  /** Where it listens, as `address:port`, by the kernel; empty where the kernel was not asked. */
  listening: readonly string[];
  /** The port on which it listens. */
  actual: number;
  /** What its server says of itself. */
  server: Listening | undefined;
}

/** Undefined where it listens as it should, and where nothing is known of it. */
export function misledAt(
  vantage: PodVantage,
  { context, maybe }: Pick<Look<'logs'>, 'context' | 'maybe'>,
): Misled | undefined {
  const { pod, port, inside } = vantage;
  const logs = maybe('logs');
  const log = logs.ok ? ofPod(logs.value, pod)?.log : undefined;
  const server = log?.ok ? listeningOn(log.value.lines) : undefined;
  const loopback = (address: string, listening: readonly string[]): Misled => ({
    ...{ means: 'bound-to-loopback', vantage, address, listening, actual: port, server },
  });
  if (!inside.ok) {
    // Where the kernel could not be asked, by what the server says.
    if (server === undefined) return undefined;
    if (server.port !== port) return elsewhere(vantage, [], server, context.contract.backend.container.port);
    return isLoopback(server.host) ? loopback(server.host, []) : undefined;
  }
  const { listening } = inside.value;
  const all = listening.map(({ address, port: each }) => `${address}:${each}`);
  const [here, ...others] = listening.filter((each) => each.port === port).map(({ address }) => address);
  if (here === undefined)
    // What still listens may be a proxy's beside it; the application, by its own word, does so where the Service leads: it ends.
    return all.length === 0 || server?.port === port
      ? undefined
      : elsewhere(vantage, all, server, context.contract.backend.container.port);
  const isInner = (address: string) => isLoopback(address) || address === '::1';
  return [here, ...others].every(isInner) ? loopback(here, all) : undefined;
}

function elsewhere(
  vantage: PodVantage,
  listening: readonly string[],
  server: Listening | undefined,
  wanted: number,
): Misled {
  const actual = server?.port ?? Number(/:(\d+)$/.exec(listening[0] ?? '')?.[1] ?? wanted);
  const means = actual === wanted ? 'target-port-mismatch' : 'application-port';
  return { means, vantage, address: '', listening, actual, server };
}
