/** Texts of scenarios without what differs from run to run, and the files that they are compared with. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import { callsOf } from '../support/calls.js';
import type { Report } from '../../src/engine/report.js';
import { decideStyle, type Style } from '../../src/report/style.js';

/** The report without what differs from run to run, and as it is rendered then: widths must not differ either. */
export function stableText(
  report: Report,
  render: (report: Report, style: Style) => string,
  { columns = 80, route = false } = {},
): string {
  const stable = JSON.parse(JSON.stringify(report), (key, value: unknown) => {
    if (key === 'durationMs') return 7;
    // Where the lab's own node refuses, whatever else listens on localhost has a say in how the head looks.
    if (key === 'route' && !route) return null;
    return typeof value === 'string' ? stableString(value) : value;
  }) as Report;
  return render(stable, decideStyle({ isTTY: false, columns, env: { LANG: 'C.UTF-8' } }));
}

/** Durations, ages, addresses, ports, clock times. */
export function stableString(text: string): string {
  return text
    .replace(/\b\d+(\.\d+)? ms\b/g, '7 ms')
    .replace(/http:\/\/(localhost|127[\d.]+):\d+/g, 'http://127.0.0.9:30081')
    .replace(/https:\/\/127\.0\.0\.1:\d+/g, 'https://127.0.0.1:6443')
    .replace(/127(\.\d+){3}/g, '127.0.0.9')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-02-09T14:05:00Z')
    .replace(/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, '14:05:00')
    .replace(/10 requests: \d+ \/ \d+, p = [\d.]+/g, '10 requests: 6 / 4, p = 0.75')
    .replace(/[^\s=]*todo-k8s-lab-\w+\/kubeconfig/g, 'KUBECONFIG')
    .replace(/\d+ min ago/g, '9 min ago')
    .replace(/\d+ s ago/g, '50 s ago')
    .replace(/(exit code \d+), after \d+ s/g, '$1, after 7 s');
}

/** The options that lead commands to the cluster: a replay names the recorded context, and knows no kubeconfig. */
export function withoutPlace(text: string): string {
  return text.replace(/ --(?:kube-context|context|kubeconfig|namespace|from)[ =][^\s"'|]+/g, '');
}

/** UPDATE_GOLDENS=1 writes the file instead: read the difference before you commit it. */
export function expectGolden(folder: string, name: string, text: string): void {
  const file = path.join(import.meta.dirname, folder, `${name}.txt`);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** Every command of a JSON report leads to the cluster that was looked at. @param option kubectl's, @param own todo-k8s's */
export function expectPlace(json: string, option: string, own: string): void {
  const { checks, diagnoses, next } = JSON.parse(json) as Report;
  for (const call of callsOf(checks, diagnoses, next)) {
    if (/^(?:kubectl|helm) /.test(call)) {
      expect(call.replaceAll('--kube-context', '--context')).toContain(option);
      // What has a namespace names it.
      if (!/ (?:nodes?|namespaces?|cluster-info|-A|uncordon|taint|clusterrole)\b| apply -f -/.test(call))
        expect(call).toMatch(/ -n \S/);
    }
    // What is told of a check, and the Role, belong to no cluster; what looks at a recording needs none.
    if (/^todo-k8s (?!checks |doctor --from )/.test(call)) expect(call).toContain(own);
  }
}
