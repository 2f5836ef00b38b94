import type { LabelSelector } from './objects.js';

/** A LabelSelector in the form of the API's `labelSelector` parameter; empty selects everything. */
export function toLabelSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rest = (matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'DoesNotExist':
        return `!${key}`;
      // Exists: the last of the four that the API allows.
      default:
        return key;
    }
  });
  return [...equal, ...rest].join(',');
}
