/**
 * A strict reader of Prometheus' text format, version 0.0.4, as node_exporter's textfile collector wants it: without
 * timestamps, each family in one piece with HELP and TYPE before its samples, no series twice. Throws on all else.
 */
export interface MetricFamily {
  type: string;
  help: string;
  samples: { labels: Record<string, string>; value: number }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*';
// Inside the quotation marks a backslash stands only before what the format escapes.
const PAIR = `${LABEL}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${PAIR}(?:,${PAIR})*)?\\})? (\\S+)$`);
const VALUE = /^[+-]?(\d+(\.\d+)?(e[+-]?\d+)?|Inf)$|^NaN$/i;

export function parseExposition(text: string): Map<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, MetricFamily>();
  const series = new Set<string>();
  let current: [string, MetricFamily] | undefined;
  let help: [name: string, text: string] | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
    if (kind === 'HELP') {
      if (/\\[^\\n]|\\$/.test(rest)) throw new Error(`HELP with a backslash that escapes nothing: ${line}`);
      help = [name, rest];
    } else if (kind === 'TYPE') {
      if (help?.[0] !== name) throw new Error(`TYPE without its HELP: ${line}`);
      if (families.has(name)) throw new Error(`${name} is in two pieces`);
      if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`no type: ${rest}`);
      current = [name, { type: rest, help: help[1], samples: [] }];
      families.set(...current);
    } else {
      const match = SAMPLE.exec(line);
      if (!match) throw new Error(`no sample: ${line}`);
      const [, metric, pairs = '', value = ''] = match;
      if (!current || metric !== current[0]) throw new Error(`${metric} stands outside its family`);
      if (!VALUE.test(value)) throw new Error(`no value: ${value}`);
      const labels = labelsOf(pairs);
      const key = JSON.stringify([metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
      if (series.has(key)) throw new Error(`a series is there twice: ${line}`);
      series.add(key);
      current[1].samples.push({ labels, value: Number(value) });
    }
  }
  return families;
}

function labelsOf(pairs: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of pairs.matchAll(
    new RegExp(`(${LABEL})="((?:[^"\\\\]|\\\\.)*)"`, 'g'),
  )) {
    if (name in labels) throw new Error(`the label ${name} is there twice`);
    if (name.startsWith('__')) throw new Error(`the label ${name} is reserved`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
