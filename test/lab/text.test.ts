import { describe, expect, test } from '@jest/globals';
import { runningText, scenarioList, type ListedScenario } from '../../src/lab/text.js';
import { decideStyle } from '../../src/report/style.js';

const crash: ListedScenario = {
  name: 'crash-loop',
  title: 'One pod crashes at each start',
  story:
    'The pod was moved ten minutes ago and now ends with an exception before it serves: CrashLoopBackOff, with a long ' +
    'story that does not fit into one line.',
  expect: { fail: ['pods/running'], warn: ['pods/restarts'], unknown: ['functional/database-logs'] },
};
const lab = {
  scenario: crash,
  kubeconfigPath: '/tmp/todo-k8s-lab-x/kubeconfig',
  url: 'http://localhost:30081',
  server: 'https://127.0.0.1:6443',
};
const style = (columns: number, env = {}) => decideStyle({ isTTY: false, columns, env });

describe('what lab prints', () => {
  test('is this, at 80 columns', () => {
    expect(runningText(lab, style(80))).toBe(`todo-k8s lab   crash-loop · Kubernetes v1.34.1 · read-only

  One pod crashes at each start
  The pod was moved ten minutes ago and now ends with an exception before it
  serves: CrashLoopBackOff, with a long story that does not fit into one line.

  API server   https://127.0.0.1:6443
  backend      http://localhost:30081
  kubeconfig   /tmp/todo-k8s-lab-x/kubeconfig
  verify says  ✖ pods/running
               ▲ pods/restarts
               ? functional/database-logs

In another terminal:

  export KUBECONFIG=/tmp/todo-k8s-lab-x/kubeconfig
  todo-k8s verify
  kubectl get pods

Ctrl-C to stop
`);
  });

  test('names the URL where it is not the contract’s, and quotes what a shell would split', () => {
    const text = runningText(
      { ...lab, url: 'http://127.9.8.7:30081', kubeconfigPath: "/tmp/it's here/kubeconfig" },
      style(80),
    );
    expect(text).toContain('\n  todo-k8s verify --url http://127.9.8.7:30081\n');
    expect(text).toContain("\n  export KUBECONFIG='/tmp/it'\\''s here/kubeconfig'\n");
  });

  test('says that a healthy one passes, in ASCII where need be', () => {
    const text = runningText({ ...lab, scenario: { ...crash, expect: {} } }, style(80, { TERM: 'dumb' }));
    expect(text).toContain('  verify says  + all checks pass\n');
    expect(text).toContain('crash-loop | Kubernetes');
  });
});

describe('what lab list prints', () => {
  test.each([40, 80, 120])('fits into %i columns, without trailing spaces', (columns) => {
    const text = scenarioList(
      [
        crash,
        {
          ...crash,
          name: 'x',
          title: 'A title that is so long that it has to be wrapped at eighty columns, surely',
        },
      ],
      style(columns),
    );
    for (const line of text.split('\n').slice(0, -5)) {
      expect(line.length).toBeLessThanOrEqual(columns);
      expect(line).toBe(line.trimEnd());
    }
    expect(text).toContain('crash-loop');
    expect(text).toContain('2 scenarios.');
  });

  test('puts title beside name where there is room', () => {
    expect(scenarioList([crash], style(80)).split('\n')[0]).toBe('crash-loop  One pod crashes at each start');
    expect(scenarioList([crash], style(40)).split('\n').slice(0, 2)).toEqual([
      'crash-loop',
      '  One pod crashes at each start',
    ]);
  });
});
