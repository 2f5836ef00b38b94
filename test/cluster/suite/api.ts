/**
 * What is asked again and again while something is waited for: through one `kubectl proxy`, which logs in as kubectl
 * does. A kubectl for each question would take a good part of a small machine's processors.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { CONTEXT } from './cluster.js';

const STARTED = /Starting to serve on (127\.0\.0\.1:\d+)/;
const LIMIT_MS = 10_000;

let proxy: Promise<{ child: ChildProcess; address: string }> | undefined;

/** GET of a path of the Kubernetes API. @throws for any answer but 200 */
export function get<T>(path: string): Promise<T> {
  return ask<T>('GET', path);
}

/** DELETE of all objects of a list. kubectl deletes one after the other, five in a second. @throws as `get` */
export async function deleteAll(path: string): Promise<void> {
  await ask('DELETE', path);
}

async function ask<T>(method: string, path: string): Promise<T> {
  proxy ??= startProxy();
  const { address } = await proxy;
  const response = await fetch(`http://${address}${path}`, { method, signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}`);
  return (await response.json()) as T;
}

export async function closeApi(): Promise<void> {
  (await proxy?.catch(() => undefined))?.child.kill();
  proxy = undefined;
}

function startProxy(): Promise<{ child: ChildProcess; address: string }> {
  const context = CONTEXT === undefined ? [] : ['--context', CONTEXT];
  const child = spawn('kubectl', ['proxy', '--port=0', ...context], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = STARTED.exec(said)?.[1];
      if (address !== undefined) resolve({ child, address });
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`kubectl proxy ended with ${code}: ${said}`)));
  });
}
