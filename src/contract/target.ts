/** What is verified: one release's backend in one namespace of one cluster. */
export interface Target {
  /** kubeconfig context, or `in-cluster`. */
  context: string;
  /** API server URL. */
  server: string;
  namespace: string;
  /** Helm release; undefined where no release could be told. */
  release: string | undefined;
  /** Set when Helm manages the Deployment: a kubectl edit would be undone by the next upgrade. */
  helm: { chart: string | undefined; revision: number | undefined; status: string | undefined } | undefined;
  /** The objects to read: what was found, else what the contract expects. */
  names: ObjectNames;
  /** The key of `names.secret` that DATABASE_URL is taken from, where it is called otherwise. */
  urlKey?: string;
  /** Secrets beside `names.secret` that the pod template refers to. */
  otherSecrets?: string[];
  /** The names that the contract accepts, preferred first (contract: Kubernetes Resources, Metadata). */
  accepted: Record<keyof ObjectNames, string[]>;
}

export interface ObjectNames {
  deployment: string;
  service: string;
  configMap: string;
  secret: string;
}
