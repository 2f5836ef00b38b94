import { describe, expect, test } from '@jest/globals';
import {
  applyRole,
  helm,
  helmUpgrade,
  kubectl,
  loadImage,
  minikube,
  todoK8s,
  word,
  type Place,
} from '../../src/rule/command.js';

function place(target: Partial<Place['target']> = {}, shell?: Place['shell']): Place {
  return {
    target: { context: 'minikube', namespace: 'default', release: 'todo-chatbot', ...target },
    shell,
  };
}

const ELSEWHERE = {
  context: 'other',
  kubeconfig: '/tmp/my config',
  own: { doctor: ' --context=other', loadbalance: ' --context=other', verify: ' --context=other' },
};

describe('a pasted line goes where the run went', () => {
  test('the shell’s own defaults need no option', () => {
    expect(kubectl(place(), 'get pods')).toBe('kubectl -n default get pods');
    expect(helm(place(), 'rollback', '3')).toBe('helm rollback todo-chatbot -n default 3');
    expect(todoK8s(place(), 'doctor', 'db')).toBe('todo-k8s doctor db');
  });

  test('context and kubeconfig are in every line, quoted', () => {
    const there = place({}, ELSEWHERE);
    const options = "--context other --kubeconfig '/tmp/my config'";
    expect(kubectl(there, 'get pods')).toBe(`kubectl ${options} -n default get pods`);
    expect(kubectl(there, 'describe nodes', null)).toBe(`kubectl ${options} describe nodes`);
    expect(kubectl(there, 'get pods', 'kube-system')).toBe(`kubectl ${options} -n kube-system get pods`);
    expect(helmUpgrade(there, 'a=b')).toBe(
      "helm upgrade todo-chatbot ./helm/todo-chatbot -n default --kube-context other --kubeconfig '/tmp/my config' --reset-then-reuse-values --set a=b",
    );
    expect(todoK8s(there, 'doctor', 'db')).toBe('todo-k8s doctor db --context=other');
    expect(applyRole(there)).toBe(`todo-k8s checks role -n default | kubectl ${options} apply -f -`);
  });

  test('Helm’s lines name the namespace of the release, kubectl’s that of the objects', () => {
    const apart = place({ namespace: 'app', releaseNamespace: 'releases' });
    expect(kubectl(apart, 'get pods')).toBe('kubectl -n app get pods');
    expect(helm(apart, 'history')).toBe('helm history todo-chatbot -n releases');
  });

  test.each(['x; rm -rf ~', '$(id)', 'a\nb', "it's", '`id`', '', '-n', '*'])(
    'a name that the shell would read otherwise is one word: %j',
    (name) => {
      expect(kubectl(place({}, { context: name }), 'get pods')).toBe(
        `kubectl --context ${word(name)} -n default get pods`,
      );
      if (!/^[\w@%+=:,./-]+$/.test(name)) expect(word(name)).toMatch(/^'.*'$/s);
    },
  );
});

test('tools of a local cluster name the cluster', () => {
  expect(minikube(place(), 'addons enable metrics-server')).toBe('minikube addons enable metrics-server');
  expect(minikube(place({ context: 'second' }), 'ip')).toBe('minikube ip --profile second');
  expect(loadImage(place(), 'a:1')).toBe('minikube image load a:1');
  expect(loadImage(place({ context: 'kind-dev' }), 'a:1')).toBe('kind load docker-image a:1 --name dev');
  expect(loadImage(place({ context: 'k3d-dev' }), 'a:1')).toBe('k3d image import a:1 --cluster dev');
});
