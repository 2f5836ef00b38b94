/** The flags that several commands share, under kubectl's and Helm's names where those have one. */
import { Flags } from '@oclif/core';
import { parseBackendUrl, parseOrigin } from './backend-url.js';
import { parseDuration } from './duration.js';
import { parseFreeName, parseObjectName } from './given-names.js';
import { parseShard, type Shard } from './shard.js';

const duration = Flags.custom<number>({
  parse: (input) => Promise.resolve(parseDuration(input)),
});

/** An object of Kubernetes or Helm, by its name. */
export const objectFlag = Flags.custom({
  parse: (input) => Promise.resolve(parseObjectName(input)),
});

/** What may have spaces in its name. */
const freeNameFlag = Flags.custom({
  parse: (input) => Promise.resolve(parseFreeName(input)),
});

/** Which cluster and namespace, and as whom. */
export const connectionFlags = {
  namespace: objectFlag({
    char: 'n',
    description: 'Namespace of the release (default: the context’s)',
    helpGroup: 'CLUSTER',
  }),
  context: freeNameFlag({ description: 'kubeconfig context', helpGroup: 'CLUSTER' }),
  kubeconfig: Flags.string({ description: 'Path of the kubeconfig file', helpGroup: 'CLUSTER' }),
  as: freeNameFlag({ description: 'User to impersonate', helpGroup: 'CLUSTER' }),
  'as-group': freeNameFlag({
    description: 'Group to impersonate',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'CLUSTER',
  }),
  'request-timeout': duration({
    description: 'Longest wait for one call, such as 5s or 500ms',
    default: 5000,
    defaultHelp: () => Promise.resolve('5s'),
    helpGroup: 'CLUSTER',
  }),
  lab: objectFlag({
    description: 'Run against an embedded cluster of its own; lab list names the scenarios',
    helpGroup: 'CLUSTER',
    exclusive: ['context', 'kubeconfig'],
  }),
};

/** Flags that ask for a running system, where there is none yet. */
const RUNNING = ['lab', 'all-namespaces', 'from', 'origin', 'record', 'url', 'via', 'wait', 'watch'];

/** What would be installed, judged before it is. */
export const plannedFlags = {
  manifests: Flags.string({
    description: 'Judge these manifests before they are applied: a file, a folder, or - for standard input',
    helpGroup: 'MANIFEST',
    exclusive: [...RUNNING, 'chart'],
  }),
  chart: Flags.string({
    description:
      'Render this Helm chart with your helm, -f and --set being Helm’s, and judge what it would install',
    helpGroup: 'MANIFEST',
    exclusive: [...RUNNING, 'manifests'],
  }),
  against: Flags.string({
    description: 'Would it work there: live for the cluster that the context leads to, or a bundle',
    helpGroup: 'MANIFEST',
  }),
};

/** Which release. */
export const releaseFlags = {
  release: objectFlag({
    description: 'Helm release (default: the only one found)',
    helpGroup: 'RELEASE',
    exclusive: ['all-releases'],
  }),
  deployment: objectFlag({
    description: 'Name of the backend’s Deployment (default: found by labels, name and what it runs)',
    helpGroup: 'RELEASE',
    exclusive: ['all-releases'],
  }),
  'all-releases': Flags.boolean({
    description: 'Every release of the namespace, in a table; -o wide has the report of each',
    helpGroup: 'RELEASE',
  }),
  'all-namespaces': Flags.boolean({
    char: 'A',
    description: 'Every release of every namespace in which something looks like the backend',
    helpGroup: 'RELEASE',
    exclusive: ['release', 'deployment', 'from'],
  }),
};

/** Releases of several clusters, and a part of many. */
export const fleetFlags = {
  contexts: Flags.string({
    description:
      'Every release of these kubeconfig contexts, separated by commas; with -A of all their namespaces',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpGroup: 'RELEASE',
    exclusive: ['context', 'release', 'deployment', 'from', 'lab', 'manifests', 'chart', 'stored'],
  }),
  'releases-from': Flags.string({
    description:
      'The releases that this file names, one a line: context/namespace/release (- is standard input)',
    helpGroup: 'RELEASE',
    exclusive: [
      'contexts',
      'namespace',
      'release',
      'deployment',
      'all-releases',
      'all-namespaces',
      'from',
      'lab',
      'manifests',
      'chart',
    ],
  }),
  shard: Flags.custom<Shard>({
    parse: (input) => Promise.resolve(parseShard(input)),
  })({
    description: 'Of many releases only one part: 0/4 to 3/4 are four runs that look at each release once',
    helpGroup: 'RELEASE',
    exclusive: ['release', 'deployment', 'from'],
  }),
};

/** What the deployment must look like, beyond the written contract. */
export const contractFlags = {
  values: Flags.string({
    char: 'f',
    description: 'Helm values file whose backend.* keys say what is expected',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'CONTRACT',
  }),
  contract: Flags.string({ description: 'Contract file; contract init writes one', helpGroup: 'CONTRACT' }),
  set: Flags.string({
    description: 'One value of the contract, such as backend.replicaCount=4',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'CONTRACT',
  }),
};

/** How the backend is reached. */
export const routeFlags = {
  url: Flags.string({
    parse: (input) => Promise.resolve(parseBackendUrl(input)),
    description: 'Where the backend answers (default: found by itself, localhost first)',
    helpGroup: 'ROUTE',
    exclusive: ['via'],
  }),
  origin: Flags.string({
    parse: (input) => Promise.resolve(parseOrigin(input)),
    description:
      'Where the frontend’s pages come from, to ask the backend as browsers do (CORS; default: found by itself)',
    helpGroup: 'ROUTE',
  }),
  via: Flags.string({
    description: 'Force one way to the backend',
    options: ['nodeport', 'proxy', 'port-forward'],
    helpGroup: 'ROUTE',
  }),
  exec: Flags.boolean({
    description: 'Run one small fixed script in each pod (--no-exec skips what needs it)',
    default: true,
    allowNo: true,
    helpGroup: 'ROUTE',
  }),
};

/** What `doctor` looks at. */
export const diagnosisFlags = {
  pod: objectFlag({ description: 'Look at this pod only', helpGroup: 'DIAGNOSIS' }),
  since: duration({
    description: 'Events and log lines older than this are history, such as 30m',
    helpGroup: 'DIAGNOSIS',
  }),
};

/** What only warns fails the run. */
export const strictFlag = Flags.boolean({ description: 'Warnings fail the run', helpGroup: 'CHECKS' });

export const colorFlag = Flags.boolean({
  description: 'Colour, also where the output is not a terminal',
  allowNo: true,
  helpGroup: 'OUTPUT',
});

/** Where the result goes beside files and stdout. Never by a default: it is the only thing that writes elsewhere. */
export const publishFlags = {
  publish: Flags.string({
    description:
      'Also put the result where operators look: report or event (an object of the cluster), pushgateway=URL, webhook=env:NAME. Repeatable',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['from'],
    helpGroup: 'OUTPUT',
  }),
  'publish-template': Flags.string({
    description: 'JSON that the webhook is sent, with {{result}}, {{problems}} and others in its strings',
    dependsOn: ['publish'],
    helpGroup: 'OUTPUT',
  }),
};

export const asciiFlag = Flags.boolean({
  description: 'Plain ASCII in place of symbols',
  helpGroup: 'OUTPUT',
});

/** How the result is shown. */
export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description:
      'text, wide, name, json, yaml, junit, markdown, github, html, prometheus or events; format=file writes a file. Repeatable',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'OUTPUT',
  }),
  color: colorFlag,
  ascii: asciiFlag,
  verbose: Flags.boolean({
    char: 'v',
    description: 'Say each call on stderr as it is made',
    helpGroup: 'OUTPUT',
  }),
};

export const quietFlag = Flags.boolean({
  char: 'q',
  description: 'Only the verdict, in a line or two',
  helpGroup: 'OUTPUT',
});

/** Evidence that is kept, and evidence from before. */
export const bundleFlags = {
  record: Flags.string({
    description: 'Keep the evidence in this file: a bundle, for --from and for others to look at',
    helpGroup: 'BUNDLE',
  }),
  pseudonymize: Flags.boolean({
    description: 'With --record: tokens in place of host names, addresses and user names',
    dependsOn: ['record'],
    helpGroup: 'BUNDLE',
  }),
  'include-unredacted': Flags.boolean({
    description: 'With --record: keep logs, events and answers although a Secret could not be read',
    dependsOn: ['record'],
    helpGroup: 'BUNDLE',
  }),
  from: Flags.string({
    description: 'Judge the evidence of a bundle, without any cluster',
    helpGroup: 'BUNDLE',
    exclusive: [
      'record',
      'lab',
      'context',
      'kubeconfig',
      'namespace',
      'as',
      'as-group',
      'release',
      'deployment',
      'all-releases',
      'url',
      'origin',
      'via',
      'wait',
      'watch',
    ],
  }),
};

export { duration as durationFlag };
