/** A real HTTP backend on loopback that writes uvicorn's access log, for tests of what reaches it. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BackendServer {
  port: number;
  /** Access-log lines with timestamps, as the kubelet gives them. */
  log: string[];
  /** Path and query of each request. */
  requests: string[];
  connections: number;
  close(): Promise<void>;
}

/**
 * @param respond answers in place of the healthy backend when it returns true
 * @param host loopback address to listen on
 */
export async function backendServer(
  respond: (request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false,
  host = '127.0.0.1',
): Promise<BackendServer> {
  const server = http.createServer((request, response) => {
    const url = request.url ?? '';
    backend.requests.push(url);
    const { pathname } = new URL(url, 'http://localhost');
    const status = pathname === '/api/tasks' ? 401 : 200;
    backend.log.push(
      `${new Date().toISOString()} INFO:     10.244.0.1:40022 - "GET ${url} HTTP/1.1" ${status} ${http.STATUS_CODES[status] ?? ''}`,
    );
    if (respond(request, response)) return;
    if (pathname === '/docs') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<title>Swagger UI</title>');
    } else {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(status === 200 ? { status: 'healthy' } : { detail: 'Not authenticated' }));
    }
  });
  const backend: BackendServer = {
    port: 0,
    log: [],
    requests: [],
    connections: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connection', () => backend.connections++);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  backend.port = (server.address() as AddressInfo).port;
  return backend;
}
