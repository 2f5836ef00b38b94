/** Answers the tool's in-pod programs as the real ones would inside the pod; see src/evidence/in-pod/targets.ts. */
import type { InPodLine, InPodTargets } from '../evidence/in-pod/targets.js';
import type { ContainerView } from './container-view.js';

/** @returns standard output */
export function measureInPod(targets: InPodTargets, view: ContainerView): string {
  const lines: InPodLine[] = [
    { kind: 'uid', uid: view.pod.uid },
    { kind: 'process', uid: view.pod.uid },
    ...targets.names.map((name) => resolve(name, view)),
    ...targets.endpoints.flatMap(({ host, port }) => connect(host, port, view)),
    { kind: 'end' },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What the program prints that reads the container's control group; see src/evidence/in-pod/cgroup.ts. */
export function readControlGroup(view: ContainerView): string {
  const files = Object.entries(view.controlGroup()).filter(([file]) => file !== 'cgroup.controllers');
  const lines = files.flatMap(([file, content]) =>
    content
      .trimEnd()
      .split('\n')
      .map((line) => `${file} ${line}`),
  );
  return ['cgroup 2', ...lines, 'end', ''].join('\n');
}

function resolve(name: string, view: ContainerView): InPodLine {
  const found = view.lookup(name);
  if ('error' in found) return { kind: 'dns', name, addresses: [], error: `dns: ${found.error}`, ms: 1 };
  return { kind: 'dns', name, addresses: found.addresses, error: null, ms: 1 };
}

function connect(host: string, port: number, view: ContainerView): InPodLine[] {
  const found = view.lookup(host);
  const failed = (error: string, ms: number): InPodLine[] => [
    { kind: 'tcp', host, port, ...('addresses' in found && found), connected: false, error, ms },
    { kind: 'tls', host, port, answer: 'not-tried', error: null, ms: 0 },
  ];
  if ('error' in found) return failed(`dns: ${found.error}`, 1);
  const connection = view.connect(host, port);
  if ('error' in connection) return failed(connection.error, connection.simulatedMs ?? 1);
  const answer = { tls: 'S', 'no-tls': 'N', plain: 'other' } as const;
  return [
    { kind: 'tcp', host, port, addresses: found.addresses, connected: true, error: null, ms: 9 },
    { kind: 'tls', host, port, answer: answer[connection.answers], error: null, ms: 11 },
  ];
}
