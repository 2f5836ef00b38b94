/** The boundaries of docs/ARCHITECTURE.md: which folder may not import what, and why. */
const PRESENTATION = 'node_modules/(@oclif|listr2|chalk)/';
const IO = '^(node:)?(fs|fs/promises|http|https|http2|net|tls|dns|child_process)$';

/**
 * Which folder of src may import which, besides itself; types are free, because they are gone when the program runs. What is
 * not here is not allowed: a new arrow is a decision, made in this list.
 */
const MAY_IMPORT = {
  // Knows nothing: what systems say, statistics, Kubernetes' own semantics.
  vocabulary: [],
  stats: [],
  kube: [],
  // The form of a rule, and of its advice.
  rule: ['kube'],
  // What must hold; resolve.ts freezes it by the engine's function.
  contract: ['kube', 'engine/freeze'],
  // What evidence means.
  computed: ['contract', 'evidence/outcomes', 'kube', 'rule', 'stats', 'vocabulary'],
  // What puts things right.
  fixes: ['contract', 'kube', 'rule'],
  // What judges.
  checks: ['computed', 'contract', 'fixes', 'kube', 'rule', 'stats'],
  causes: ['checks', 'computed', 'contract', 'fixes', 'kube', 'rule', 'vocabulary'],
  diagnoses: [
    'causes',
    'checks',
    'computed',
    'contract',
    'evidence/outcomes',
    'fixes',
    'kube',
    'rule',
    'vocabulary',
  ],
  engine: [
    'causes/catalogue',
    'causes/settling',
    'computed',
    'contract',
    'diagnoses',
    'fixes',
    'kube',
    'rule',
  ],
  // What reads. The facts of a load run are made by src/load.
  evidence: ['computed', 'contract', 'kube', 'load', 'vocabulary'],
  load: ['computed', 'contract', 'evidence', 'kube', 'stats', 'vocabulary'],
  // Whoever may not look is told how to be allowed, in the engine's words.
  planned: ['contract', 'engine/grant', 'evidence', 'kube', 'rule'],
  diff: ['contract', 'kube'],
  lab: ['contract', 'evidence', 'kube', 'report'],
  // What shows.
  report: ['diff', 'engine/build-report', 'evidence', 'kube', 'rule'],
};

/** Without a folder, for all: the order of names, and slices of long computations. */
const FOR_ALL = ['count', 'small-heap', 'text-order', 'time-limit', 'turn'];

const ALLOWED = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${others.join(', ') || 'no other folder'}: MAY_IMPORT in .dependency-cruiser.cjs.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: `^src/(?:${[folder, ...others, ...FOR_ALL].join('|')})(?:[./]|$)`,
    dependencyTypesNot: ['type-only'],
  },
}));

module.exports = {
  forbidden: [
    ...ALLOWED,
    {
      name: 'underscore-stays-at-home',
      comment:
        'A file whose name begins with _ holds what the files beside it share; what others need has a name of its own.',
      severity: 'error',
      from: { path: '^src/(.+)/[^/]+$' },
      to: { path: '/_[^/]+$', pathNot: '^src/$1/[^/]+$' },
    },
    {
      name: 'no-circular',
      comment: 'Data moves one way; a circle would let it come back. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'judgement-is-pure',
      comment:
        'Checks, engine and statistics judge what they are given: no terminal, no network, no files. Of node:net one file has the grammar of addresses.',
      severity: 'error',
      from: {
        path: '^src/(checks|engine|stats|diagnoses|causes|computed|fixes|rule|vocabulary|kube)/',
        pathNot: '^src/kube/ip-block',
      },
      to: { path: [PRESENTATION, 'node_modules/(undici|ws|@kubernetes)/', IO] },
    },
    {
      name: 'report-renders-reports',
      comment:
        'What is shown is the Report: an output that read evidence could say something else than the others.',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/(evidence/(kubernetes|http|facts)|lab|commands|cli|contract)/' },
    },
    {
      name: 'one-kubernetes-adapter',
      comment: 'One place knows the client library: its defects are mended once.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/evidence/kubernetes/' },
      to: { path: 'node_modules/@kubernetes/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-writer',
      comment: 'Whatever reads has no way to write: only --publish and --workers know the client that does.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(publish/|cli/workers)' },
      to: { path: '^src/evidence/kubernetes/writer' },
    },
    {
      name: 'one-http-adapter',
      comment: 'One place bounds HTTP exchanges.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/evidence/http/' },
      to: { path: 'node_modules/undici/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-knows-the-lab',
      comment: 'The lab is reached as any cluster is; only the command line starts it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(lab|cli|commands|hooks)/' },
      to: { path: '^src/lab/' },
    },
    {
      name: 'commands-are-on-top',
      comment: 'Commands, and hooks for want of one, put the parts together; no part knows them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|commands|hooks)/' },
      to: { path: '^src/(cli|commands|hooks)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
