import type { Contract } from './contract.js';

/** What is verified: one release's backend in one namespace of one cluster. */
export interface Target {
  /** kubeconfig context, or `in-cluster`. */
  context: string;
  /** API server URL. */
  server: string;
  namespace: string;
  /** Where Helm keeps the release, as its objects say; undefined: they do not say, and it is in `namespace`. */
  releaseNamespace?: string | undefined;
  /** Helm release; undefined where no release could be told. */
  release: string | undefined;
  /** Set when Helm manages the Deployment: a kubectl edit would be undone by the next upgrade. */
  helm: HelmFacts | undefined;
  /** The objects to read: what was found, else what the contract expects. */
  names: ObjectNames;
  /** Name of the backend's container as it was found in the pod template; absent where no template was read. */
  container?: string | undefined;
  /** Labels that the Deployment selects its pods by, as kubectl takes them; absent: those of the written contract. */
  podLabels?: string | undefined;
  /** The key of `names.secret` that DATABASE_URL is taken from, where it is called otherwise. */
  urlKey?: string | undefined;
  /** Variables that the template takes from a Secret's key of another name, or from another Secret: `secret/key`. */
  secretKeys?: Record<string, string> | undefined;
  /** Secrets beside `names.secret` that the pod template refers to. */
  otherSecrets?: string[] | undefined;
  /** The names that the contract accepts, preferred first (contract: Kubernetes Resources, Metadata). */
  accepted: Record<keyof ObjectNames, string[]>;
}

/** The container that is the backend's: the one that was found, else the one that the contract names. */
export function containerName({
  target,
  contract,
}: {
  target: Pick<Target, 'container'>;
  contract: Pick<Contract, 'backend'>;
}): string {
  return target.container ?? contract.backend.container.name;
}

/** What is known of the installed release. */
export interface HelmFacts {
  chart: string | undefined;
  revision: number | undefined;
  status: string | undefined;
  /** The newest revision before the present one that was deployed; undefined: there is none, or it is not known. */
  previous?: number | undefined;
  /** Dotted paths of the values that the release or its chart has; undefined where they could not be read. */
  values?: string[] | undefined;
}

export interface ObjectNames {
  deployment: string;
  service: string;
  configMap: string;
  secret: string;
}
