/** Names, ports and references: what is taken, whose it is, and what is not there. */
import { referredObjects } from '../../kube/effective-environment.js';
import { text } from '../../rule/fix.js';
import type { Service } from '../../evidence/objects.js';
import { deploymentOf, rawPodSpec, reference, type Planned, type Problem, type Rule } from './rule.js';

const RELEASE = 'meta.helm.sh/release-name';

/** Kinds of objects that belong to no namespace are not looked at. */
export const COMPARED_KINDS = ['Deployment', 'Service', 'ConfigMap', 'Secret', 'HorizontalPodAutoscaler'];

export const NAME_RULES: readonly Rule[] = [
  {
    id: 'install/namespace',
    title: 'The namespace is there',
    failureTitle: 'The namespace is missing or being deleted',
    why: 'nothing can be created in a namespace that does not exist, or that is being deleted',
    reads: ['namespace'],
    fix: (namespace) => [
      text(`Create it first (kubectl create namespace ${namespace}; helm has --create-namespace).`),
    ],
    judge(planned, { namespace }) {
      const { namespace: name, objects } = planned;
      const object = { kind: 'Namespace', name };
      const problems: Problem[] = [];
      if (namespace?.phase === 'Terminating')
        problems.push({ message: `namespace ${name} is being deleted: it takes nothing new`, object });
      else if (
        namespace === undefined &&
        !objects.some((each) => each.kind === 'Namespace' && each.name === name)
      )
        problems.push({
          message: `there is no namespace ${name}`,
          object,
          data: { expected: name, found: 'none' },
        });
      return {
        problems,
        fact: namespace === undefined ? `${name}, made by the manifests` : name,
      };
    },
  },
  {
    id: 'install/ownership',
    title: 'No name belongs to somebody else',
    failureTitle: 'Names are taken by somebody else’s objects',
    why: 'Helm refuses to install over an object that it did not make for this release, and what is applied over Helm’s object is lost with its next upgrade',
    reads: ['existing'],
    fix: () => [
      text(
        'Delete the object, give the new one another name, or adopt it: label app.kubernetes.io/managed-by=Helm and the annotations meta.helm.sh/release-name and release-namespace.',
      ),
    ],
    judge(planned, { existing }) {
      const problems = existing.flatMap(({ kind, name, annotations }): Problem[] => {
        if (!planned.objects.some((each) => each.kind === kind && each.name === name)) return [];
        const owner = annotations[RELEASE];
        const object = reference(planned, kind, name);
        if (planned.release === undefined)
          return owner === undefined
            ? []
            : [
                {
                  message: `${kind} ${name} belongs to Helm release ${owner}, whose next upgrade undoes what is applied`,
                  object,
                  data: { found: owner, field: `metadata.annotations['${RELEASE}']` },
                  warns: true,
                },
              ];
        if (owner === planned.release) return [];
        const found = owner === undefined ? 'not Helm' : `release ${owner}`;
        return [
          {
            message: `${kind} ${name} is there already and belongs to ${owner === undefined ? 'no release' : `release ${owner}`}: helm install refuses to take it over`,
            object,
            data: {
              expected: `release ${planned.release}`,
              found,
              field: `metadata.annotations['${RELEASE}']`,
            },
          },
        ];
      });
      return {
        problems,
        fact: `${existing.length === 0 ? 'none of the names is' : 'no name is'} somebody else’s`,
      };
    },
  },
  {
    id: 'install/node-port',
    title: 'Node ports are free',
    failureTitle: 'Node ports are taken',
    why: 'a node port belongs to one Service of the whole cluster; the API server refuses a second one',
    reads: ['services'],
    fix: () => [
      text('Choose another node port (30000–32767 by default), or none: the API server gives a free one.'),
    ],
    judge(planned, { services }) {
      const wanted = planned.objects.flatMap(({ kind, name, namespace, object }) => {
        if (kind !== 'Service') return [];
        const { spec } = object as unknown as Service;
        if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return [];
        return (spec.ports ?? []).flatMap(({ nodePort }, index) =>
          nodePort === undefined
            ? []
            : [{ nodePort, index, name, namespace: namespace ?? planned.namespace }],
        );
      });
      const problems = wanted.flatMap(({ nodePort, index, name, namespace }, at): Problem[] => {
        const object = { kind: 'Service', namespace, name };
        const field = `spec.ports[${index}].nodePort`;
        const owner = services.find(
          (each) => each.nodePorts.includes(nodePort) && (each.name !== name || each.namespace !== namespace),
        );
        const twin = wanted.slice(0, at).find((each) => each.nodePort === nodePort);
        const taken =
          owner === undefined
            ? twin && `Service ${twin.name} of the same manifests`
            : `Service ${owner.namespace}/${owner.name}`;
        return taken === undefined
          ? []
          : [
              {
                message: `node port ${nodePort} is taken by ${taken}`,
                object,
                data: { expected: 'a free port', found: taken, field },
              },
            ];
      });
      const ports = wanted.map(({ nodePort }) => nodePort);
      return {
        problems,
        fact: ports.length === 0 ? 'none is asked for by its number' : `${ports.join(', ')} free`,
      };
    },
  },
  {
    id: 'install/references',
    title: 'What the pods refer to is there, or comes with them',
    failureTitle: 'The pods refer to what is not there',
    why: 'a container whose Secret, ConfigMap or key is missing is not started (CreateContainerConfigError), and a pod without its ServiceAccount is not created',
    reads: ['account'],
    fix: () => [
      text('Create it, add it to the manifests, correct the name, or mark the reference optional.'),
    ],
    judge(planned, { account, keys }) {
      const problems: Problem[] = [];
      const unread: string[] = [];
      const keysOf = (kind: string, name: string): readonly string[] | 'absent' | 'unread' => {
        const own = planned.objects.find(
          (each) =>
            each.kind === kind &&
            each.name === name &&
            (each.namespace ?? planned.namespace) === planned.namespace,
        );
        if (own !== undefined) {
          const { data, binaryData } = own.object as { data?: object; binaryData?: object };
          return [...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})];
        }
        const found = keys.get(`${kind}/${name}`);
        if (found?.ok === false || found === undefined) {
          unread.push(found?.detail ?? `${kind} ${name} was not looked for`);
          return 'unread';
        }
        return found.value ?? 'absent';
      };
      const problem = (message: string, field: string, expected: string) =>
        problems.push({ message, object: deploymentOf(planned), data: { expected, found: 'none', field } });
      for (const { kind, name, key, field } of demands(planned)) {
        const there = keysOf(kind, name);
        if (there === 'unread') continue;
        if (there === 'absent')
          problem(`there is no ${kind} ${name}, here or among the manifests`, field, `${kind} ${name}`);
        else if (key !== undefined && !there.includes(key))
          problem(`${kind} ${name} has no key ${key}`, field, `key ${key}`);
      }
      const { serviceAccountName = 'default' } = planned.deployment.spec.template.spec;
      const isPlanned = planned.objects.some(
        (each) => each.kind === 'ServiceAccount' && each.name === serviceAccountName,
      );
      if (!account && !isPlanned && serviceAccountName !== 'default')
        problem(
          `there is no ServiceAccount ${serviceAccountName}`,
          'spec.template.spec.serviceAccountName',
          `ServiceAccount ${serviceAccountName}`,
        );
      return {
        problems,
        fact: 'every Secret, ConfigMap and key is there or comes with it',
        ...(unread[0] !== undefined && { unknown: unread[0] }),
      };
    },
  },
];

interface Demand {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  /** undefined: the object as a whole. */
  key: string | undefined;
  field: string;
}

/** What the containers do not start without. */
function demands(planned: Planned): Demand[] {
  const { containers, initContainers = [] } = planned.deployment.spec.template.spec;
  const found: Demand[] = [];
  const base = 'spec.template.spec';
  const all = [
    ...containers.map((container, index) => ({ container, at: `${base}.containers[${index}]` })),
    ...initContainers.map((container, index) => ({ container, at: `${base}.initContainers[${index}]` })),
  ];
  for (const { container, at } of all) {
    for (const [index, { configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
      const field = `${at}.envFrom[${index}]`;
      if (configMapRef?.name !== undefined && configMapRef.optional !== true)
        found.push({ kind: 'ConfigMap', name: configMapRef.name, key: undefined, field });
      if (secretRef?.name !== undefined && secretRef.optional !== true)
        found.push({ kind: 'Secret', name: secretRef.name, key: undefined, field });
    }
    for (const [index, { valueFrom }] of (container.env ?? []).entries()) {
      const field = `${at}.env[${index}]`;
      const { configMapKeyRef: config, secretKeyRef: secret } = valueFrom ?? {};
      if (config?.name !== undefined && config.optional !== true)
        found.push({ kind: 'ConfigMap', name: config.name, key: config.key, field });
      if (secret?.name !== undefined && secret.optional !== true)
        found.push({ kind: 'Secret', name: secret.name, key: secret.key, field });
    }
  }
  const volumes = rawPodSpec(planned).volumes as
    | {
        secret?: { secretName?: string; optional?: boolean };
        configMap?: { name?: string; optional?: boolean };
      }[]
    | undefined;
  for (const [index, { secret, configMap }] of (volumes ?? []).entries()) {
    const field = `${base}.volumes[${index}]`;
    if (secret?.secretName !== undefined && secret.optional !== true)
      found.push({ kind: 'Secret', name: secret.secretName, key: undefined, field });
    if (configMap?.name !== undefined && configMap.optional !== true)
      found.push({ kind: 'ConfigMap', name: configMap.name, key: undefined, field });
  }
  return found;
}

/** Objects of which the keys must be known. */
export function referredTo(
  planned: Pick<Planned, 'deployment'>,
): { kind: 'Secret' | 'ConfigMap'; name: string }[] {
  const { containers, initContainers = [], volumes = [] } = planned.deployment.spec.template.spec;
  const all = [...containers, ...initContainers].flatMap((container) => referredObjects(container));
  for (const { secret, configMap } of volumes) {
    if (secret?.secretName !== undefined) all.push({ kind: 'Secret', name: secret.secretName });
    if (configMap?.name !== undefined) all.push({ kind: 'ConfigMap', name: configMap.name });
  }
  return [...new Map(all.map((each) => [`${each.kind}/${each.name}`, each])).values()];
}
