/** Label sets and the selectors that match them. */

export type Labels = Readonly<Record<string, string>>;

/** Whether a Service's selector picks pods with these labels. An empty selector picks none. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}
