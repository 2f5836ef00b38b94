import type { MinikubeFacts } from '../deep-facts.js';
import type { Observed } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { findMinikube, runMinikube } from '../minikube.js';
import { now, unread } from '../observed.js';
import { sanitizeLine } from '../sanitize.js';

/** What Minikube's own program says of the cluster's machine. Nothing is ever started or changed. */
export async function readMinikube(context: FactContext): Promise<MinikubeFacts> {
  const profile = context.client.context;
  const program = await findMinikube(context);
  if (program === undefined) return { profile, program: 'absent', status: undefined, driver: undefined };
  if (program === 'not-minikube') {
    return { profile, program: 'not-minikube', status: undefined, driver: undefined };
  }
  const [status, driver] = await Promise.all([
    readStatus(program, profile, context.signal),
    readDriver(program, profile, context.signal),
  ]);
  return { profile, program: 'found', status, driver };
}

/** `minikube status -o json`: its exit code is not 0 when something is stopped, and what it prints counts. */
async function readStatus(
  program: string,
  profile: string,
  signal: AbortSignal,
): Promise<Observed<NonNullable<Extract<MinikubeFacts['status'], { ok: true }>>['value']>> {
  const output = await runMinikube(program, ['status', '--profile', profile, '--output', 'json'], signal);
  const value = output === undefined ? undefined : parseJson(output);
  // With several nodes it is a list; the first is the control plane.
  const first = (Array.isArray(value) ? value[0] : value) as Record<string, unknown> | undefined;
  if (typeof first?.Host !== 'string') {
    return unread('failed', `minikube status --profile ${profile} did not tell a status within its time`);
  }
  const text = (name: string) =>
    sanitizeLine(typeof first[name] === 'string' ? first[name] : '').slice(0, 40);
  return {
    ok: true,
    at: now(),
    value: {
      host: text('Host'),
      kubelet: text('Kubelet'),
      apiServer: text('APIServer'),
      kubeconfig: text('Kubeconfig'),
    },
  };
}

async function readDriver(
  program: string,
  profile: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const output = await runMinikube(program, ['profile', 'list', '--light', '--output', 'json'], signal);
  const value = output === undefined ? undefined : parseJson(output);
  const valid = (value as { valid?: unknown } | null | undefined)?.valid;
  const own = (Array.isArray(valid) ? (valid as unknown[]) : []).find(
    (each) => (each as { Name?: unknown } | null)?.Name === profile,
  );
  const driver = (own as { Config?: { Driver?: unknown } } | undefined)?.Config?.Driver;
  return typeof driver === 'string' ? sanitizeLine(driver).slice(0, 40) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
