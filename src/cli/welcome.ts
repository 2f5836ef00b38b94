/** The program without any command, on a terminal: what there is to type, and which cluster that would ask. */
import { loadKubeconfig, type Environment } from '../evidence/kubernetes/kubeconfig-file.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import type { Style } from '../report/style.js';

const COMMANDS = [
  ['verify', 'is everything as it should be?'],
  ['doctor', 'why does it not work, and what puts it right?'],
  ['loadbalance', 'which pod serves each request, and is that even?'],
] as const;

/** @param env says where the kubeconfig is; nothing is asked of a cluster */
export async function welcomeText(env: Environment, { color, symbols }: Style): Promise<string> {
  const wide = Math.max(...COMMANDS.map(([name]) => name.length)) + 3;
  const commands = COMMANDS.map(
    ([name, question]) => `todo-k8s ${color.bold(name)}${' '.repeat(wide - name.length)}${question}`,
  );
  const where = (await target(env)).join(` ${symbols.separator} `);
  return `${[...commands, '', where, color.dim('All commands: todo-k8s --help')].join('\n')}\n`;
}

async function target(env: Environment): Promise<string[]> {
  const lab = 'without a cluster: todo-k8s verify --lab';
  try {
    const { contexts, currentContext, files } = await loadKubeconfig(undefined, env);
    if (files.length === 0) return ['No kubeconfig', lab];
    if (currentContext === undefined || currentContext === '')
      return ['No current context: choose one with --context', lab];
    const context = contexts.get(currentContext);
    if (context === undefined)
      return [`Context ${sanitizeLine(currentContext)}, which the kubeconfig does not have`, lab];
    const namespace = context.fields.namespace;
    return [
      `Context ${sanitizeLine(currentContext)}`,
      `namespace ${typeof namespace === 'string' && namespace !== '' ? sanitizeLine(namespace) : 'default'}`,
    ];
  } catch (error) {
    return [error instanceof Error ? sanitizeLine(error.message) : String(error), lab];
  }
}
