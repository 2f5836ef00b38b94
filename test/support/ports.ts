/** Addresses of this machine for tests and benchmarks. */
import { createServer, type AddressInfo } from 'node:net';

/** A port of the loopback address on which nothing listens at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
