import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const { words: WORDS, literals: LITERALS } = JSON.parse(
  readFileSync(new URL('scripts/words.json', import.meta.url), 'utf8'),
);

/** Selectors of ESLint for texts in which a pattern is found. */
const texts = (pattern, message) => {
  const escaped = pattern.replaceAll('/', '\\/');
  return [
    { selector: `Literal[value=/${escaped}/]`, message },
    { selector: `TemplateElement[value.raw=/${escaped}/]`, message },
  ];
};
const words = WORDS.flatMap(({ pattern, instead }) =>
  texts(pattern, `Not used here; say: ${instead} (scripts/words.json).`),
);
/** Once collected, the timeout among them aborts nothing. */
const lostTimeouts = {
  selector:
    "CallExpression[callee.object.name='AbortSignal'][callee.property.name='any'] CallExpression[callee.property.name='timeout']",
  message: 'Never aborts once the timeout is garbage collected (Node 20): use until() of src/time-limit.ts.',
};
/** What people read. */
const PROSE = '/^(?:detail|message|summary|says|note|remedy|title)$/';
const either = (place) => `:matches([${place}.name=${PROSE}], [${place}.property.name=${PROSE}])`;
/** `message`, `finding.message`, `event?.message` and `event.message ?? ''`. */
const prose = (place) =>
  `:matches(${[place, `${place}.expression`, `${place}.left`, `${place}.left.expression`].map(either).join(', ')})`;
/** Whoever changes a sentence must not change what the program does. */
const branchesOnProse = [
  `CallExpression[callee.property.name=/^(?:includes|startsWith|endsWith|match|matchAll|search|indexOf)$/]${prose('callee.object')} > :matches(Literal:not([value='\\n']), TemplateLiteral)`,
  `CallExpression[callee.property.name=/^(?:test|exec)$/]:matches([callee.object.type='Literal'], [callee.object.name=/^[A-Z][A-Z_]+$/])${prose('arguments.0')}`,
  `BinaryExpression[operator=/^[!=]==?$/][right.type='Literal'][right.value=/./]${prose('left')}`,
  `SwitchStatement${prose('discriminant')}`,
].map((selector) => ({
  selector,
  message:
    'Nothing depends on how it is worded: give who wrote it a field. What Kubernetes or a driver says is a row of src/vocabulary, asked by `row.says.test(…)`.',
}));
const OF_ONE = 'This belongs to one application: take it from the contract or the target.';
const literals = [
  ...texts(LITERALS, OF_ONE),
  { selector: 'Literal[raw=/^(?:8000|30081)$/]', message: OF_ONE },
];
/** Folders of src in which no sentence decides anything. */
const JUDGES = '{causes,checks,computed,diagnoses,diff,engine,fixes,load,planned,publish,report,rule,stats}';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', 'examples', 'test/cluster/**/*.js', 'bench/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.js', '*.cjs', 'bin/*.js', 'bin/*.cjs', 'deploy/action/*.js'],
        },
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', 350],
      'no-restricted-syntax': ['error', lostTimeouts, ...words, ...literals],
    },
  },
  {
    // The written contract is one preset, and the lab is installed by it.
    files: ['src/contract/**/*.ts', 'src/lab/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', lostTimeouts, ...words] },
  },
  {
    // What judges, and what shows it. The parsers read what Kubernetes and servers say.
    files: [`src/${JUDGES}/**/*.ts`],
    rules: {
      'no-restricted-syntax': ['error', lostTimeouts, ...words, ...literals, ...branchesOnProse],
    },
  },
  {
    // What systems print, and code that is no text.
    files: ['src/vocabulary/**', 'src/evidence/common-words.ts', 'src/report/examples.ts'],
    rules: { 'no-restricted-syntax': ['error', lostTimeouts] },
  },
  {
    files: ['src/checks/*/*.ts'],
    rules: { 'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  // Generated: a line for each check and cause.
  {
    files: ['src/causes/index.ts', 'src/checks/index.ts', 'src/report/examples.ts'],
    rules: { 'max-lines': 'off' },
  },
  { files: ['**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.cjs', 'bin/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
