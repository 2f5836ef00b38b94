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
  /** Of the template that Helm names in its message, where it can be read. */
  template?: string;
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
      // What is looked up in a cluster is not there when a chart is rendered without one.
      const variable = /^\$\w+/.exec(expression)?.[0];
      if (variable !== undefined && isLookedUp(variable, chart.template))
        return {
          place: placeIn(chart, file, line),
          says: `${expression} is asked for, and lookup finds nothing: a chart is rendered without a cluster here, as by helm template (nil pointer)`,
          fix: `Ask for it only where it is there: {{ if ${variable} }}.`,
        };
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
    pattern: /parse error at \((?<file>[^\s:]+):(?<line>\d+)\): bad character U\+002D '-'/,
    explain: ({ file = '', line = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: 'the template cannot be read: a key with a hyphen cannot be asked for with a dot',
      fix: 'Ask for it by its name: {{ index .Values "my-key" }}, or call it myKey.',
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
      const key = [...words.matchAll(/[\w-]+(?:\.[\w-]+)+/g)].find(([text]) => !FILE_NAME.test(text))?.[0];
      // Helm ends in the same way for `fail` and for `required`: what the chart's author says tells them apart.
      if (!ASKS.test(words) && key === undefined)
        return {
          place: placeIn(chart, file, line),
          says: `the chart refuses to render: ${words}`,
          fix: 'Give values that it takes, with -f or --set; the template says there when it refuses.',
        };
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
    pattern:
      /template: (?<file>[^\s:]+):(?<line>\d+):\d+: executing [^\n]*?no template "(?<name>[^"]{1,100})" associated/,
    explain: ({ file = '', line = '', name = '' }, chart) => ({
      place: placeIn(chart, file, line),
      says: `it includes the template ${name}, and none of that name is defined`,
      fix: `Correct the name, or define it: {{- define "${name}" -}} … {{- end }} in templates/_helpers.tpl.`,
    }),
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
    pattern: /cannot load (?<file>[\w./-]+): error unmarshaling JSON: .*cannot unmarshal (?<found>\w+) into/,
    explain: ({ file = '', found = '' }, { folder }) => ({
      place: `${folder}/${file}`,
      says: `it must be a mapping (key: value), and is ${found === 'array' ? 'a list' : `a ${found}`}`,
      fix: 'Give each value a key.',
    }),
  },
  {
    pattern: /validation: chart\.metadata\.(?<field>\w+) (?<words>[^\n]{1,200})/,
    explain: ({ field = '', words = '' }, { folder }) => ({
      place: `${folder}/Chart.yaml`,
      says: `${field} ${words}`,
      fix: 'A chart has at least apiVersion: v2, name, and a version such as 1.0.0.',
    }),
  },
  {
    pattern: /library charts are not installable/,
    explain: (_groups, { folder }) => ({
      place: `${folder}/Chart.yaml`,
      says: 'it is of type library, which holds templates for others and installs nothing',
      fix: 'Give the chart that depends on it, or make it type: application.',
    }),
  },
  {
    pattern:
      /chart requires kubeVersion: (?<wanted>[^\n]{1,100}?) which is incompatible with Kubernetes (?<version>\S+)/,
    explain: ({ wanted = '', version = '' }, { folder }) => ({
      place: `${folder}/Chart.yaml`,
      says: `kubeVersion: ${wanted} leaves out Kubernetes ${version}`,
      fix: 'Correct kubeVersion, if the chart works there.',
    }),
  },
  {
    pattern: /does not appear to be a gzipped archive|not a valid chart archive|gzip: invalid/,
    explain: (_groups, { folder }) => ({
      place: folder,
      says: 'it is not a packed chart',
      fix: 'Give a folder with a Chart.yaml, or what helm package has written (.tgz).',
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
    pattern:
      /values don't meet the specifications of the schema[^\n]*\n[^\n]*\n(?<words>unexpected EOF|invalid character[^\n]{1,100})/,
    explain: ({ words = '' }, { folder }) => ({
      place: `${folder}/values.schema.json`,
      says: `it is not JSON: ${words}`,
      fix: 'Correct its brackets, quotes and commas.',
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

/** Words of a chart that wants to be given something. */
const ASKS = /requir|must|missing|provide|\bset\b|specif|\bempty\b|please|\bis not given\b/i;
const FILE_NAME = /\.(ya?ml|json|md|txt|tpl|com|io|org)$/i;

function isLookedUp(variable: string, template = ''): boolean {
  return new RegExp(`\\${variable}\\s*:?=[^}]*\\blookup\\b`).test(template);
}

/** The template of the chart's own that Helm names first. */
export function namedTemplate(stderr: string): string | undefined {
  return /(?:template: |error at \()[^\s:/]+\/(templates\/[^\s:]+):\d+/.exec(stderr)?.[1];
}

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
