import type { FindingData } from '../checks/check.js';

/** Fills a message template's `{placeholders}`; a placeholder without a value stays visible as it is. */
export function interpolate(template: string, data: FindingData = {}): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(data, name) ? String(data[name]) : placeholder,
  );
}
