/** What was found at which object. */
/** The API object a finding is about. */
export interface ObjectRef {
  kind: string;
  namespace?: string;
  name: string;
}

/** Values for a message's `{placeholders}`. `expected` and `found` are shown on lines of their own. */
export type FindingData = Record<string, string | number | boolean>;

export interface Finding<M extends string = string> {
  messageId: M;
  data?: FindingData;
  object?: ObjectRef;
}
