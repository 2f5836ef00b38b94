/** Which bundle the evidence at hand comes from, if from any: what cannot be judged then is the bundle's fault. */
export const foreign: { file: string | undefined } = { file: undefined };
