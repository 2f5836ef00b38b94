/** verify inside a pod: the program and Node.js of this machine, mounted from it, under a ServiceAccount's own rights. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../../src/engine/report.js';
import { ACCOUNT } from './account.js';
import { kubectl, PROGRAM, run, until } from './cluster.js';

const POD = 'todo-k8s-inside';

/** @throws when the pod does not end, or prints no report */
export async function verifyInPod(namespace: string): Promise<{ report: Report; code: number }> {
  const node = realpathSync(process.execPath);
  const library = await libraryFolder(node);
  const mounts = [
    { name: 'program', hostPath: { path: path.resolve(PROGRAM, '../..'), type: 'Directory' } },
    { name: 'node', hostPath: { path: node, type: 'File' } },
    { name: 'library', hostPath: { path: library, type: 'Directory' } },
  ];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: POD, namespace },
    spec: {
      serviceAccountName: ACCOUNT,
      restartPolicy: 'Never',
      volumes: mounts,
      containers: [
        {
          name: 'verify',
          image: 'todo-chatbot-backend:latest',
          imagePullPolicy: 'Never',
          command: ['/node', '/program/bin/run.js', 'verify', '-o', 'json'],
          // What node needs beyond the image: the C++ runtime.
          env: [{ name: 'LD_LIBRARY_PATH', value: '/library' }],
          volumeMounts: mounts.map(({ name }) => ({ name, mountPath: `/${name}`, readOnly: true })),
        },
      ],
    },
  };
  const inNamespace = ['-n', namespace];
  await kubectl([...inNamespace, 'delete', 'pod', POD, '--ignore-not-found']);
  try {
    await kubectl(['create', '-f', '-'], JSON.stringify(pod));
    const state = () => kubectl([...inNamespace, 'get', 'pod', POD, '-o', 'jsonpath={.status.phase}']);
    await until('the pod to end', 60, async () => /^(Succeeded|Failed)$/.test(await state()));
    const log = await kubectl([...inNamespace, 'logs', POD]);
    const code = await kubectl([...inNamespace, 'get', 'pod', POD, '-o', 'jsonpath={..terminated.exitCode}']);
    if (!log.startsWith('{')) throw new Error(`no report: ${log}`);
    return { report: JSON.parse(log) as Report, code: Number(code) };
  } finally {
    await kubectl([...inNamespace, 'delete', 'pod', POD, '--now', '--ignore-not-found']);
  }
}

/** Where the machine keeps libstdc++, which the image has no copy of. */
async function libraryFolder(node: string): Promise<string> {
  const { stdout } = await run('ldd', [node]);
  const file = /libstdc\+\+\S* => (\S+)/.exec(stdout)?.[1];
  if (file === undefined) throw new Error(`ldd ${node} names no libstdc++: ${stdout}`);
  return path.dirname(realpathSync(file));
}
