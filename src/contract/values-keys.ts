/**
 * The keys that an owner's chart has for what the written contract calls by its own: a printed `--set` must exist in the chart.
 * Pure, over the dotted paths of the decoded release's values.
 */

/** Other keys of charts of this kind, the likeliest first. Those without `backend` count only where the chart has nothing else. */
const ALIASES: readonly [RegExp, readonly string[]][] = [
  [
    /^backend\.replicaCount$/,
    [
      'backend.replicas',
      'backend.deployment.replicas',
      'backend.deployment.replicaCount',
      'replicaCount.backend',
      'replicas.backend',
      'replicaCount',
      'replicas',
    ],
  ],
  [
    /^backend\.(image|service|resources)\.(.+)$/,
    ['backend.deployment.$1.$2', '$1s.backend.$2', '$1.backend.$2', '$1.$2'],
  ],
  [
    /^backend\.env\.(.+)$/,
    ['backend.config.$1', 'backend.environment.$1', 'backend.configMap.$1', 'config.$1', 'env.$1'],
  ],
];

/** Names of what may stand beside the backend in one chart. */
const OTHERS = /^(front-?end|web|ui|client|postgres(ql)?|redis|kafka|dapr|ingress)\b/i;

/**
 * @param key as the written contract names it, such as `backend.replicaCount`
 * @param values paths of the values that the release or its chart has
 * @returns the chart's own key; undefined where it has none, or where more than one could be meant
 */
export function ownKey(key: string, values: readonly string[]): string | undefined {
  if (values.includes(key)) return key;
  const isLeaf = (path: string) =>
    values.includes(path) && !values.some((each) => each.startsWith(`${path}.`));
  for (const [pattern, forms] of ALIASES) {
    const match = pattern.exec(key);
    if (match === null) continue;
    return forms
      .map((form) => form.replace(/\$(\d)/g, (_, index: string) => match[Number(index)] ?? ''))
      .filter((path) => path.includes('backend') || isAlone(values))
      .find(isLeaf);
  }
  const secret = /^backend\.secrets\.(.+)$/.exec(key)?.[1];
  return secret === undefined ? undefined : leafCalled(secret, values.filter(isLeaf));
}

/** Whether the chart is of one component: then its keys need not say of which. */
function isAlone(values: readonly string[]): boolean {
  return !values.some((path) => OTHERS.test(path) || path === 'backend' || path.startsWith('backend.'));
}

/** The one value that is called as the variable is, in whatever case: `secrets.databaseUrl`, `backend.database-url`. */
function leafCalled(variable: string, leaves: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  const found = leaves.filter(
    (path) => !OTHERS.test(path) && plain(path.slice(path.lastIndexOf('.') + 1)) === plain(variable),
  );
  const own = found.filter((path) => path.startsWith('backend.'));
  const [first, ...more] = own.length > 0 ? own : found;
  return more.length === 0 ? first : undefined;
}
