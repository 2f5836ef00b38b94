/** The program without any command, on a terminal: what there is to type, and which cluster that would ask. */
import { loadKubeconfig, type Environment } from '../evidence/kubernetes/kubeconfig-file.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import type { Style } from '../report/style.js';

const COMMANDS = [
  ['verify', 'is everything as it should be?'],
  ['doctor', 'why does it not work, and what puts it right?'],
  ['loadbalance', 'which pod serves each request, and is that even?'],
] as const;

/** @param state what the cluster says; undefined: it is not asked */
export async function welcomeText(
  env: Environment,
  { color, symbols }: Style,
  state?: (env: Environment) => Promise<string | undefined>,
): Promise<string> {
  const wide = Math.max(...COMMANDS.map(([name]) => name.length)) + 3;
  const commands = COMMANDS.map(
    ([name, question]) => `todo-k8s ${color.bold(name)}${' '.repeat(wide - name.length)}${question}`,
  );
  const { parts, isCluster } = await target(env);
  const said = isCluster ? await state?.(env) : undefined;
  const where = [...parts, ...(said === undefined ? [] : [said])].join(` ${symbols.separator} `);
  return `${[...commands, '', where, color.dim('All commands: todo-k8s --help')].join('\n')}\n`;
}

async function target(env: Environment): Promise<{ parts: string[]; isCluster: boolean }> {
  const without = (why: string) => ({
    parts: [why, 'without a cluster: todo-k8s verify --lab'],
    isCluster: false,
  });
  try {
    const { contexts, currentContext, files, users } = await loadKubeconfig(undefined, env);
    if (files.length === 0) return without('No kubeconfig');
    if (currentContext === undefined || currentContext === '')
      return without('No current context: choose one with --context');
    const context = contexts.get(currentContext);
    if (context === undefined)
      return without(`Context ${sanitizeLine(currentContext)}, which the kubeconfig does not have`);
    const namespace = context.fields.namespace;
    const parts = [
      `Context ${sanitizeLine(currentContext)}`,
      `namespace ${typeof namespace === 'string' && namespace !== '' ? sanitizeLine(namespace) : 'default'}`,
    ];
    // A plugin may open a browser: that is for a command that was asked for.
    const { exec, 'auth-provider': provider } = users.get(String(context.fields.user))?.fields ?? {};
    return { parts, isCluster: exec === undefined && provider === undefined };
  } catch (error) {
    return without(error instanceof Error ? sanitizeLine(error.message) : String(error));
  }
}
