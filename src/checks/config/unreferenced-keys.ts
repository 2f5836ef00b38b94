import { text } from '../../rule/fix.js';
import type { Deployment } from '../../evidence/objects.js';
import { isAbsent } from '../../contract/open.js';
import { defineCheck, unknown, warnUnlessEmpty } from '../check.js';
import { configMapRef, secretRef } from '../../rule/object-ref.js';

export default defineCheck({
  meta: {
    id: 'config/unreferenced-keys',
    title: 'Every key of ConfigMap and Secret is used by the Deployment',
    failureTitle: 'Keys of ConfigMap or Secret are used by no container',
    why: 'a key that nothing reads is usually a misspelt one, and the container runs without the value',
    remedy: () => [text('Correct the name of the key, reference it in the pod template, or remove it.')],
    severity: 'warning',
    reads: ['deployment', 'configMap', 'secret'],
    needs: ['deployment/exists', 'config/configmap', 'config/secret'],
    messages: { unused: 'no container uses key {key}' },
    contractSection:
      'Security Requirements: Secret Management; Configuration Parameters: Environment Configuration',
  },
  evaluate({ deployment, configMap, secret }, { contract, target }) {
    const isMissing = (object: unknown, kind: 'configMap' | 'secret') =>
      object === undefined && !isAbsent(contract, `names.${kind}`);
    if (!deployment || isMissing(configMap, 'configMap') || isMissing(secret, 'secret'))
      return unknown('Deployment, ConfigMap and Secret are not all there to compare');
    // What the contract wants absent has no keys.
    const config = {
      keys: Object.keys(configMap?.data ?? {}),
      uses: usesOf(deployment, 'configMap', configMap?.name ?? ''),
    };
    const secrets = {
      keys: (secret?.keys ?? []).map(({ key }) => key),
      uses: usesOf(deployment, 'secret', secret?.name ?? ''),
    };
    const unused = [
      ...config.keys.filter((key) => !config.uses(key)).map((key) => ({ key, object: configMapRef(target) })),
      ...secrets.keys.filter((key) => !secrets.uses(key)).map((key) => ({ key, object: secretRef(target) })),
    ];
    const findings = unused.map(({ key, object }) => ({
      messageId: 'unused' as const,
      data: { key, expected: 'a reference in the pod template', found: 'none', field: `data.${key}` },
      object,
    }));
    return warnUnlessEmpty(findings, `all ${config.keys.length + secrets.keys.length} keys are used`);
  },
});

/** Tells whether the pod template uses a key of the object: by name, or the whole object by envFrom or as a volume. */
function usesOf(
  deployment: Deployment,
  kind: 'configMap' | 'secret',
  name: string,
): (key: string) => boolean {
  const { containers, initContainers = [], volumes = [] } = deployment.spec.template.spec;
  const all = [...initContainers, ...containers];
  const whole =
    all.some(({ envFrom = [] }) => envFrom.some((source) => source[`${kind}Ref`]?.name === name)) ||
    volumes.some((volume) =>
      [volume, ...(volume.projected?.sources ?? [])].some((source) => mounts(source, kind, name)),
    );
  const keys = new Set(
    all
      .flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.[`${kind}KeyRef`]))
      .filter((ref) => ref?.name === name)
      .map((ref) => ref?.key),
  );
  return (key) => whole || keys.has(key);
}

/** A volume calls a Secret `secretName`, a projected source calls it `name`. */
function mounts(
  source: { secret?: { secretName?: string; name?: string }; configMap?: { name?: string } },
  kind: 'configMap' | 'secret',
  name: string,
): boolean {
  return kind === 'secret'
    ? [source.secret?.secretName, source.secret?.name].includes(name)
    : source.configMap?.name === name;
}
