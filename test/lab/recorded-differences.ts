/** Where the lab's objects differ from a real cluster's, and why that may be so. Anything else is a mistake of the lab. */

interface Fields {
  /** `path: type` in the lab's objects of a resource that the cluster's do not have. */
  onlyInLab?: Record<string, string>;
  onlyInCluster?: Record<string, string>;
}

interface Differences {
  fields: Record<string, Fields>;
  /** By scenario: what the lab says and the recorded cluster did not. */
  words: Record<string, Record<string, string>>;
}

export const differences: Differences = { fields: {}, words: {} };
