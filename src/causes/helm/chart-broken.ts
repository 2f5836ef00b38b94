import { plainCause } from '../../rule/cause.js';

export default plainCause({
  id: 'helm/chart-broken',
  topic: 'pods',
  title: 'The chart cannot be rendered',
  severity: 'error',
  why: 'Helm stops before anything is installed or changed; what runs, if anything does, is what an earlier revision brought',
  seen: 'verify --chart runs helm template, which fails: no Chart.yaml (often one that a rule with ! in .helmignore leaves out), a nil pointer, an undefined variable or function, wrong indentation, a required value that was not given, charts that were not fetched',
  remedy:
    'change the line of the template, of values.yaml or of .helmignore that it names, then run it again',
  explains: [],
  isBeforeInstall: true,
});
