/** A C library whose look-ups take long, for programs in Python; and the DNS server that it is said to ask. */
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CUSTOMIZE = `
import builtins, io, os, socket, time
look_up, open_file = socket.getaddrinfo, builtins.open
def slow(*args, **more):
    time.sleep(float(os.environ["LOOKUP_SECONDS"]))
    return look_up(*args, **more)
def read(path, *args, **more):
    return io.StringIO("nameserver 127.0.0.1\\n") if path == "/etc/resolv.conf" else open_file(path, *args, **more)
class Socket(socket.socket):
    def sendto(self, data, address):
        super().sendto(data, (address[0], int(os.environ["DNS_PORT"])))
socket.getaddrinfo, builtins.open, socket.socket = slow, read, Socket
`;

/**
 * @param seconds how long a look-up takes
 * @param answers whether the DNS server answers anything
 * @returns the environment for python3
 */
export async function slowResolver(
  seconds: number,
  answers: boolean,
): Promise<{ env: Record<string, string>; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'todo-k8s-resolver-'));
  writeFileSync(join(folder, 'sitecustomize.py'), CUSTOMIZE);
  const server = createSocket('udp4');
  if (answers) {
    server.on('message', (question, { port, address }) => {
      // REFUSED is an answer, too.
      const answer = Buffer.concat([
        question.subarray(0, 2),
        Buffer.from([0x81, 0x85]),
        question.subarray(4),
      ]);
      server.send(answer, port, address);
    });
  }
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  return {
    env: {
      PYTHONPATH: folder,
      LOOKUP_SECONDS: String(seconds),
      DNS_PORT: String(server.address().port),
    },
    close: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
