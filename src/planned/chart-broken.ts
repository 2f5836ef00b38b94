/** Why Helm cannot render a chart, in words and with the place in the user's files that has to be changed. Pure. */
import { placeText } from './manifest-error.js';

/** What is known of a chart without rendering it. */
export interface ChartFiles {
  /** As the user gave it. */
  folder: string;
  /** The folder has a Chart.yaml, whatever Helm says. */
  hasChartFile: boolean;
  /** Undefined: there is none. */
  helmignore: string | undefined;
}

export interface Breakage {
  /** `helm/todo/templates/deployment.yaml:11`; undefined where Helm does not say. */
  place: string | undefined;
  /** What is wrong, as a sentence without a full stop. */
  says: string;
  fix: string;
}

/** Forms of Helm 3's messages, each with the words for it. `(chart)` is the chart's name, which its folder stands for. */
interface Form {
  pattern: RegExp;
  explain: (groups: Record<string, string>, chart: ChartFiles) => Breakage;
}

const FORMS: readonly Form[] = [
  {
    pattern: /Chart\.yaml file is missing/,
    explain: (_groups, chart) => withoutChartFile(chart),
  },
  {
    pattern:
      /template: (?<file>[^\s:]+):(?<line>\d+):\d+: executing .*? at <(?<expression>[^>]*)>: nil pointer evaluating (?:interface \{\}|\S+?)\.(?<key>[\w-]+)/s,
    explain: ({ file = '', line = '', expression = '', key = '' }, chart) => {
      const parent = parentOf(expression, key);
      return {
        place: placeIn(chart, file, line),
        says: `${expression} is asked for, and there is no ${parent} (nil pointer)`,
        fix: parent.includes('.Values.')
          ? `Give ${nameOf(parent)} in values.yaml, with -f or with --set, or ask for it only where it is there: {{ with ${parent} }}.`
          : `See what ${expression} stands for at that place; within range and with, the chart’s values are $.Values.`,
      };
    },
  },
  {
    pattern: /parse error at \((?<file>[^\s:]+):(?<line>\d+)\): undefined variable "(?<variable>[^"]+)"/,
    explain: ({ file = '', line = '', variable = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: `the variable ${variable} is not defined where it is used`,
      fix: `Define it before, in the same block or around it ({{- ${variable} := … }}), or use a value (.Values.…).`,
    }),
  },
  {
    pattern: /parse error at \((?<file>[^\s:]+):(?<line>\d+)\): function "(?<name>[^"]+)" not defined/,
    explain: ({ file = '', line = '', name = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: `Helm has no function ${name}`,
      fix: 'Correct its name; helm.sh/docs/chart_template_guide/function_list has all of them.',
    }),
  },
  {
    pattern: /parse error at \((?<file>[^\s:]+):(?<line>\d+)\): (?<words>[^\n]{1,200})/,
    explain: ({ file = '', line = '', words = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: `the template cannot be read: ${words}`,
      fix: 'Correct the braces, the quotes or the missing end of a block there.',
    }),
  },
  {
    pattern:
      /YAML parse error on (?<file>\S+): error converting YAML to JSON: yaml: (?:line (?<line>\d+): )?(?<words>[^\n]{1,200})/,
    explain: ({ file = '', line, words = '' }, chart) => ({
      // Helm counts lines of what the template has become: its own may be others.
      place: placeIn(chart, file, undefined),
      says: `what it renders is not YAML${line === undefined ? '' : `, near line ${line} of the rendered text`}: ${words}, as after wrong indentation`,
      fix: 'Indent what is inserted as deep as its place asks for: {{- toYaml … | nindent 8 }}.',
    }),
  },
  {
    pattern: /execution error at \((?<file>[^\s:]+):(?<line>\d+):\d+\): (?<words>[^\n]{1,300})/,
    explain: ({ file = '', line = '', words = '' }, chart) => {
      const key = /[\w-]+(?:\.[\w-]+)+/.exec(words)?.[0];
      return {
        place: placeIn(chart, file, line),
        says: `the chart asks for a value that it was not given: ${words}`,
        fix:
          key === undefined
            ? 'Give the value with -f or --set.'
            : `Give it: --set ${key.replace(/^\.?Values\./, '')}=…, or in a file with -f.`,
      };
    },
  },
  {
    pattern: /template: (?<file>[^\s:]+):(?<line>\d+):\d+: executing .*?: (?<words>[^\n]{1,300})/s,
    explain: ({ file = '', line = '', words = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: `the template fails: ${words}`,
      fix: 'Correct the template there, or the value that it takes.',
    }),
  },
  {
    pattern:
      /cannot load (?<file>[\w./-]+): error converting YAML to JSON: yaml: (?:line (?<line>\d+): )?(?<words>[^\n]{1,200})/,
    explain: ({ file = '', line, words = '' }, { folder }) => ({
      place: placeText(`${folder}/${file}`, line === undefined ? undefined : Number(line)),
      says: `it is not YAML: ${words}`,
      fix: 'Indent with spaces, and close quotes and brackets.',
    }),
  },
  {
    pattern: /missing in charts\/ directory: (?<names>[^\n]{1,200})/,
    explain: ({ names = '' }, { folder }) => ({
      place: `${folder}/Chart.yaml`,
      says: `the charts that it depends on are not there: ${names}`,
      fix: `Fetch them: helm dependency build ${folder}`,
    }),
  },
  {
    pattern: /values don't meet the specifications of the schema[^\n]*\n(?<words>[^]{1,500})/,
    explain: ({ words = '' }, { folder }) => ({
      place: `${folder}/values.schema.json`,
      says: `the values are not of the form that the chart’s schema demands: ${words.trim().replaceAll(/\s*\n\s*/g, ' ')}`,
      fix: 'Correct the values, or the schema.',
    }),
  },
];

/** @param stderr what `helm template` said */
export function explainBreakage(stderr: string, chart: ChartFiles): Breakage {
  for (const { pattern, explain } of FORMS) {
    const match = pattern.exec(stderr);
    if (match) return explain(match.groups ?? {}, chart);
  }
  const [line = ''] = stderr.replace(/^Error: /, '').split('\n');
  return {
    place: undefined,
    says: `Helm says: ${line.slice(0, 300)}`,
    fix: `Fix what it names; helm template NAME ${chart.folder} --debug says more.`,
  };
}

function withoutChartFile({ folder, hasChartFile, helmignore }: ChartFiles): Breakage {
  if (!hasChartFile)
    return {
      place: folder,
      says: 'the folder has no Chart.yaml',
      fix: 'Add it (apiVersion: v2, name, version), or give the folder that has one.',
    };
  const lines = (helmignore ?? '').split(/\r?\n/).map((line) => line.trim());
  // Helm takes each rule by itself: `!a` drops whatever is not a (helm/pkg/ignore), unlike in a .gitignore.
  const negated = lines.findIndex((line) => line.startsWith('!') && line !== '!Chart.yaml');
  const index =
    negated >= 0 ? negated : lines.findIndex((line) => line !== '' && /^\/?(Chart|\*)/.test(line));
  const rule = lines[index];
  return {
    place: placeText(`${folder}/.helmignore`, index < 0 ? undefined : index + 1),
    says: `Chart.yaml is there, and .helmignore leaves it out${rule === undefined ? '' : `: ${rule}`}`,
    fix:
      negated >= 0
        ? 'Remove the line: to Helm a rule with ! leaves out every other file, Chart.yaml among them.'
        : 'Remove the rule that matches Chart.yaml.',
  };
}

/** The chart's own files stand below its name; those of a chart in it below `charts/`. */
function placeIn({ folder }: ChartFiles, file: string, line: string | undefined): string {
  const [, inside = file] = /^[^/]+\/(.+)$/.exec(file) ?? [];
  return placeText(`${folder}/${inside}`, line === undefined ? undefined : Number(line));
}

/** Of `.Values.a.b.c`, where c was asked of nothing: `.Values.a.b`. */
function parentOf(expression: string, key: string): string {
  const at = expression.lastIndexOf(`.${key}`);
  const parent = at > 0 ? expression.slice(0, at) : '';
  return parent === '' ? `value that has ${key}` : parent;
}

function nameOf(parent: string): string {
  return parent.replace(/^\$?\.?Values\./, '');
}
