/**
 * The report as metrics, in the text format of Prometheus (version 0.0.4), for node_exporter's textfile collector or a
 * Pushgateway. Names and labels are stable. Values are of one run, so all of them are gauges.
 */
import type { Latency } from '../evidence/load-facts.js';
import type { Report, Status } from '../engine/report.js';
import { diagnosisStatus } from './digest.js';
import { defuseCommands, oneLine } from './escape.js';

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

const STATUSES: readonly Status[] = ['pass', 'warn', 'fail', 'unknown', 'blocked', 'skip'];

export function renderPrometheus(report: Report): string {
  const { target } = report;
  const run: Labels = {
    command: report.command,
    context: target.context,
    namespace: target.namespace,
    release: target.release ?? '',
  };
  const families = [
    ...runFamilies(report),
    ...checkFamilies(report),
    ...causeFamilies(report),
    ...loadFamilies(report),
    ...memoryFamilies(report),
  ];
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => family(`todo_k8s_${name}`, help, run, samples))
    .join('');
}

interface Family {
  name: string;
  help: string;
  samples: Sample[];
}

function runFamilies({ tool, startedAt, durationMs, exitCode, summary }: Report): Family[] {
  const started = Date.parse(startedAt) / 1000;
  return [
    { name: 'build_info', help: 'Version that made the report', samples: [[{ version: tool.version }, 1]] },
    {
      name: 'run_started_timestamp_seconds',
      help: 'When the run began, in seconds since the epoch; its age tells whether runs still happen',
      samples: Number.isNaN(started) ? [] : [[{}, started]],
    },
    { name: 'run_duration_seconds', help: 'How long the run took', samples: [[{}, durationMs / 1000]] },
    {
      name: 'run_exit_code',
      help: '0 all passed, 1 a check failed or a cause was found, 3 could not be determined, 130 and 143 interrupted',
      samples: [[{}, exitCode]],
    },
    {
      name: 'checks',
      help: 'Checks by what came of them',
      samples: STATUSES.map((status): Sample => [{ status }, summary[status]]),
    },
  ];
}

function checkFamilies({ checks }: Report): Family[] {
  return [
    {
      name: 'check_status',
      help: '1 for the status that the check has, 0 for the others',
      samples: checks.flatMap(({ id, suite, status }) =>
        STATUSES.map((each): Sample => [{ id, suite, status: each }, each === status ? 1 : 0]),
      ),
    },
    {
      name: 'check_duration_seconds',
      help: 'Time until the evidence was there and the check was judged',
      samples: checks.map(({ id, suite, durationMs }): Sample => [{ id, suite }, durationMs / 1000]),
    },
  ];
}

function causeFamilies({ diagnoses = [] }: Report): Family[] {
  const samples = diagnoses.map((diagnosis): Sample => {
    const { cause, topic, verdict, object } = diagnosis;
    const kind = object?.kind ?? '';
    return [{ cause, topic, verdict, status: diagnosisStatus(diagnosis), kind, name: object?.name ?? '' }, 1];
  });
  // The same cause of the same object may be told twice; a series may not.
  const distinct = new Map(samples.map((sample) => [JSON.stringify(sample[0]), sample]));
  return [{ name: 'diagnosis', help: 'A cause that doctor found', samples: [...distinct.values()] }];
}

function loadFamilies({ load }: Report): Family[] {
  if (!load) return [];
  const sum = (tallies: readonly { requests: number }[]) =>
    tallies.reduce((total, { requests }) => total + requests, 0);
  const { pods } = load;
  const byPod = (value: (pod: (typeof pods)[number]) => number): Sample[] =>
    pods.map((pod): Sample => [{ pod: pod.pod, state: pod.state }, value(pod)]);
  return [
    { name: 'load_requests', help: 'Requests that were asked for', samples: [[{}, load.requests]] },
    {
      name: 'load_completed_requests',
      help: 'Requests that came to an end',
      samples: [[{}, load.completed]],
    },
    {
      name: 'load_lost_requests',
      help: 'Requests that failed on their way',
      samples: [[{}, sum(load.lost)]],
    },
    {
      name: 'load_unattributed_requests',
      help: 'Responses whose pod is not known',
      samples: [[{}, sum(load.unattributed)]],
    },
    {
      name: 'load_error_requests',
      help: 'Requests without a response, or with a status of 400 or more',
      samples: [[{}, sum(load.problems)]],
    },
    {
      name: 'load_requests_per_second',
      help: 'Requests that came to an end in a second',
      samples: [[{}, load.requestsPerSecond]],
    },
    {
      name: 'load_pod_requests',
      help: 'Requests that reached the pod',
      samples: byPod(({ requests }) => requests),
    },
    {
      name: 'load_pod_error_requests',
      help: 'Of those, the ones that failed',
      samples: byPod(({ errors }) => errors),
    },
    {
      name: 'load_pod_share_ratio',
      help: 'Part of the requests that reached the pod',
      samples: byPod(({ share }) => share),
    },
    {
      name: 'load_expected_share_ratio',
      help: 'Part of the requests that each pod is expected to get',
      samples: load.expectedShare === null ? [] : [[{}, load.expectedShare]],
    },
    {
      name: 'load_spread_p_value',
      help: 'Probability of a spread that is no more even than this one, if every pod is as likely to be chosen',
      samples: load.spread === null ? [] : [[{ verdict: load.spread.verdict }, load.spread.p]],
    },
    {
      name: 'load_response_seconds',
      help: 'Time from the request to the end of the response',
      samples: times(load.latency),
    },
    {
      name: 'load_first_byte_seconds',
      help: 'Time to the first byte of the response',
      samples: times(load.firstByte),
    },
    { name: 'load_connect_seconds', help: 'Time until the connection stood', samples: times(load.connect) },
  ];
}

/** Percentiles that too few responses support are left out. */
function times(latency: Latency | null): Sample[] {
  if (latency === null) return [];
  return (['min', 'mean', 'p50', 'p90', 'p99', 'max'] as const).flatMap((stat): Sample[] => {
    const ms = latency[stat];
    return ms === null ? [] : [[{ stat }, ms / 1000]];
  });
}

function memoryFamilies({ memory }: Report): Family[] {
  const samples = (memory?.containers ?? []).flatMap(({ pod, container, ...bytes }) =>
    (
      [
        ['request', bytes.requestBytes],
        ['limit', bytes.limitBytes],
        ['usage', bytes.usageBytes],
      ] as const
    ).flatMap(([kind, value]): Sample[] => (value === null ? [] : [[{ pod, container, kind }, value]])),
  );
  return [
    { name: 'container_memory_bytes', help: 'Memory that a container asks for, may use, and uses', samples },
  ];
}

function family(name: string, help: string, run: Labels, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}{${labelled({ ...labels, ...run })}} ${value}`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('\n')}\n`;
}

function labelled(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${labelValue(value)}"`)
    .join(',');
}

/** The format escapes backslash, quotation mark and line feed. */
function labelValue(value: string): string {
  return defuseCommands(oneLine(value)).replace(/["\\]/g, '\\$&');
}
