/** The boundaries of docs/ARCHITECTURE.md: which folder may not import what, and why. */
const PRESENTATION = 'node_modules/(@oclif|listr2|chalk)/';
const IO = '^(node:)?(fs|fs/promises|http|https|http2|net|tls|dns|child_process)$';

module.exports = {
  forbidden: [
    {
      name: 'computed-is-pure',
      comment:
        'Computed facts say what evidence means: they know contract, vocabulary and the evidence’s types, and nobody above.',
      severity: 'error',
      // Refusals still take predicates about pods from checks and diagnoses.
      from: { path: '^src/computed/', pathNot: '^src/computed/refusals' },
      to: {
        path: [
          '^src/(?!computed/|contract/|vocabulary/|kube/|rule/|stats/|text-order)',
          PRESENTATION,
          'node_modules/',
          IO,
        ],
        dependencyTypesNot: ['type-only'],
      },
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
      comment: 'Checks, engine and statistics judge what they are given: no terminal, no network, no files.',
      severity: 'error',
      from: { path: '^src/(checks|engine|stats|diagnoses|causes|computed|rule|vocabulary|kube)/' },
      to: { path: [PRESENTATION, 'node_modules/(undici|ws|@kubernetes)/', IO] },
    },
    {
      name: 'judgement-reads-no-cluster',
      comment: 'Only types of the evidence reach the checks and the engine, never a reader.',
      severity: 'error',
      from: { path: '^src/(checks|engine|diagnoses|causes|computed|rule)/' },
      to: { path: '^src/(evidence|lab|report|cli|commands)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'vocabulary-is-data',
      comment: 'What systems say is rows that anybody may read; they need nothing to be read.',
      severity: 'error',
      from: { path: '^src/vocabulary/' },
      to: { path: '^src/', pathNot: '^src/vocabulary/' },
    },
    {
      name: 'rule-is-the-base',
      comment: 'What a fix and a command are is known to all that judge, and knows none of them.',
      severity: 'error',
      from: { path: '^src/rule/(command|fix)\\.ts$' },
      to: { path: '^src/(?!rule/|kube/)' },
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
