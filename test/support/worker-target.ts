/** A backend that names its pod, and a port at which nothing listens. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function backendServer(
  onRequest: (path: string) => void,
): Promise<{ port: number; closedPort: number; close: () => Promise<void> }> {
  const listening = async () => {
    const server = createServer((request, response) => {
      onRequest(request.url ?? '');
      response.setHeader('x-pod-name', 'a');
      response.end('{"status":"healthy"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  };
  const [open, closed] = await Promise.all([listening(), listening()]);
  const ended = (server: typeof open.server) => new Promise<void>((resolve) => server.close(() => resolve()));
  await ended(closed.server);
  return {
    port: open.port,
    closedPort: closed.port,
    close: () => ended(open.server),
  };
}
