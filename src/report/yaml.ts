/** The JSON form in YAML 1.2. */
import { Document, Scalar, visit } from 'yaml';
import type { Report } from '../engine/report.js';
import { hasUnsafe, safeJson } from './escape.js';
import { publicReport } from './json.js';

export function renderYaml(report: Report): string {
  return yamlDocument(publicReport(report));
}

/** Any plain data as a YAML document that is harmless on a terminal. */
export function yamlDocument(data: unknown): string {
  const document = new Document(data, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // In double quotes everything can be escaped, as in JSON; a plain or block scalar would show it raw.
      if (typeof node.value === 'string' && hasUnsafe(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // Never over several lines: the second could begin with anything.
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  return safeJson(text);
}
