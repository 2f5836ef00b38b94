/** Answers the program that looks at the application from inside its pod; see src/evidence/in-pod/vantage.ts. */
import type { VantageCall } from '../evidence/in-pod/vantage.js';
import { answer } from './app.js';
import type { ContainerView } from './container-view.js';

/** @returns standard output */
export function lookFromInside({ path, places }: VantageCall, view: ContainerView): string {
  const { app } = view.pod;
  const address = app.loopback === true ? '0100007F' : '00000000';
  const lines: object[] = [];
  if (app.port !== undefined) {
    const port = app.port.toString(16).toUpperCase().padStart(4, '0');
    lines.push({ kind: 'listen', local: `${address}:${port}` });
  }
  for (const { host, port } of places) {
    const place = { kind: 'http', host, port };
    if (app.port !== port || (app.loopback === true && host !== '127.0.0.1')) {
      lines.push({ ...place, status: null, error: 'refused: connection refused', ms: 1 });
    } else {
      const { status, body, delayMs = 0 } = answer(app, 'GET', path);
      lines.push({ ...place, status, error: null, body, ms: 3 + delayMs });
    }
  }
  return [...lines, { kind: 'end' }].map((line) => `${JSON.stringify(line)}\n`).join('');
}
