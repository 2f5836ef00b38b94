import type { FindingData } from './finding.js';

/** Fills a message template's `{placeholders}`; a placeholder without a value stays visible as it is. */
export function interpolate(template: string, data: FindingData = {}): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(data, name) ? String(data[name]) : placeholder,
  );
}

/** A template for people who read what is said where nothing was looked at: `URL answers STATUS`. */
export function templateText(template: string): string {
  return template.replace(/(?<=([\w)}]?))\{(\w+)\}/g, (_, before: string, name: string) =>
    // What follows a word without a space is said only sometimes.
    before === '' ? name.replace(/(?=[A-Z])/g, '-').toUpperCase() : ' …',
  );
}
