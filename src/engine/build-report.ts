/** Puts results together into the Report that every output renders. */
import { containerName } from '../contract/target.js';
import type { CheckContext } from '../rule/context.js';
import type { Observed, Route, ServerFacts } from '../evidence/evidence.js';
import type { MetricsFacts } from '../evidence/deep-facts.js';
import type { KubernetesEvent } from '../evidence/objects.js';
import { doctorCommand, kubectl, word } from '../rule/command.js';
import { firstCommand, type Part } from '../rule/fix.js';
import type { CheckResult, ReplaySource, Report } from './report.js';
import { memoryOf } from './memory.js';
import { servingOf, type ServingFacts } from './serving.js';
import { exitCodeOf, hasDefect, summarise } from './summary.js';
import { timelineOf } from './timeline.js';

export interface ReportInput extends ServingFacts {
  version: string;
  command: string;
  context: CheckContext;
  /** Facts for the head of the report, when some check asked for them. */
  server: Observed<ServerFacts> | undefined;
  /** For the timeline and the memory section, when they were read anyway. */
  events?: Observed<KubernetesEvent[]> | undefined;
  metrics?: Observed<MetricsFacts> | undefined;
  results: CheckResult[];
  notices: string[];
  strict: boolean;
  /** 130 or 143 when a signal ended the run. */
  interruptedBy: number | undefined;
  /** The bundle of a replay. */
  from?: ReplaySource | undefined;
  /** Flags that were not given, with who set them. */
  defaults?: readonly string[];
  /** Milliseconds since the epoch; with --wait the first observation's start. */
  startedAt: number;
  finishedAt: number;
}

/** @returns the report of one release's run */
export function buildReport(input: ReportInput): Report {
  const { context, results, route, server } = input;
  const summary = summarise(results);
  const timeline = timelineOf({ pods: seen(input.pods), events: seen(input.events) });
  const container = containerName(context);
  const memory = memoryOf({ container, pods: seen(input.pods), metrics: seen(input.metrics) });
  const serving = servingOf(input, results);
  const judged = hasDefect(results) ? 4 : exitCodeOf(summary, input.strict);
  const exitCode = input.interruptedBy ?? judged;
  return {
    schemaVersion: 1,
    tool: { name: 'todo-k8s', version: input.version },
    command: input.command,
    target: {
      context: context.target.context,
      server: context.target.server,
      namespace: context.target.namespace,
      release: context.target.release ?? null,
      kubernetesVersion: server?.ok ? server.value.gitVersion : null,
      route: route?.ok
        ? { via: route.value.via, url: route.value.baseUrl, proves: whatRouteProves(route.value, context) }
        : null,
    },
    ...(input.defaults?.length && { defaults: [...input.defaults] }),
    ...(input.from && { from: input.from }),
    startedAt: new Date(input.startedAt).toISOString(),
    durationMs: input.finishedAt - input.startedAt,
    summary,
    exitCode,
    interrupted: input.interruptedBy !== undefined,
    notices: input.notices,
    next: nextStep(results, exitCode, input),
    ...(serving && { serving }),
    checks: results,
    ...(timeline && { timeline }),
    ...(memory && { memory }),
  };
}

function seen<T>(observed: Observed<T> | undefined): T | undefined {
  return observed?.ok ? observed.value : undefined;
}

function whatRouteProves(route: Route, context: CheckContext): string {
  if (route.via === 'none') return 'nothing: no way to the backend answered';
  if (route.proof?.state === 'refused') return 'nothing: what answers there is not this backend';
  if (route.proof?.state === 'open') return 'little: it is not proven that this backend answers there';
  if (route.provesNodePort) return 'the NodePort, kube-proxy and the pods';
  if (route.via === 'nodeport')
    return 'the Service’s own node port, which is not the contract’s, kube-proxy and the pods';
  if (route.balances) return 'the Service and the pods, not the NodePort';
  if (route.via === 'loadbalancer') return 'the load balancer, the Service and the pods';
  if (route.via === 'ingress') return 'the Ingress, its controller, the Service and the pods';
  const { outside } = route;
  if (outside?.type === 'ClusterIP' && outside.ingresses.length === 0)
    return `one pod at a time; from outside of the cluster: ${portForward(route, context)}`;
  return 'one pod at a time, not the NodePort nor load balancing';
}

/** The command that leads to a Service which nobody reaches from outside. */
function portForward({ baseUrl }: Route, context: CheckContext): string {
  const { service, container } = context.contract.backend;
  // The way that was taken knows the Service's port, whatever the contract says of it.
  const port = Number(/:(\d+)\/proxy$/.exec(baseUrl)?.[1] ?? service.port);
  const local = port < FIRST_UNPRIVILEGED ? container.port : port;
  return kubectl(context, `port-forward service/${word(context.target.names.service)} ${local}:${port}`);
}

/** Ports below are the superuser's. */
const FIRST_UNPRIVILEGED = 1024;

/** Checks whose own fix is to look further: what made them fail lies deeper. */
export const SYMPTOMS: ReadonlySet<string> = new Set([
  'deployment/rollout-complete',
  'pods/running',
  'pods/ready',
  'pods/restarts',
  'pods/no-oom',
  'functional/health',
  'functional/database-logs',
]);

/** The one thing to do next, for the report's last line: the fix of what stands in the way of most. */
function nextStep(
  results: CheckResult[],
  exitCode: number,
  { context, interruptedBy }: Pick<ReportInput, 'context' | 'interruptedBy'>,
): string | null {
  if (exitCode === 0) return null;
  // What an interruption left unknown has no fix.
  const gravest = (interruptedBy !== undefined ? (['fail'] as const) : (['fail', 'unknown', 'warn'] as const))
    .map((status) => results.filter((result) => result.status === status))
    .find((group) => group.length > 0);
  if (!gravest) return null;
  // One Role grants all that is missing.
  const denied = results.find(({ id, status }) => id === 'cluster/permissions' && status === 'warn');
  const grant = denied && shortCommand(denied.fix);
  if (grant !== undefined && gravest.every(({ status }) => status !== 'fail')) return grant;
  const blocks = ({ id }: CheckResult) => results.filter(({ blockedBy }) => blockedBy.includes(id)).length;
  const root = gravest.reduce((best, result) => (blocks(result) > blocks(best) ? result : best));
  const isLook = root.fix.find(({ kind }) => kind !== 'text')?.kind === 'look';
  if (root.status === 'fail' && (isLook || SYMPTOMS.has(root.id))) return doctorCommand(context);
  return shortCommand(root.fix) ?? `todo-k8s checks explain ${root.id}`;
}

/** Characters of a command that still reads well on a last line. */
const NEXT_MOST = 450;

function shortCommand(parts: readonly Part[]): string | undefined {
  const command = firstCommand(parts);
  return command !== undefined && command.length <= NEXT_MOST && !command.includes('\n')
    ? command
    : undefined;
}
