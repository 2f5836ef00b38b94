/**
 * undici's own `Client` without its index, which would load fetch, caches, WebSocket and mocks: 115–220 ms of start-up
 * against about 20 ms. The package has no `exports`, so the file may be named.
 */
declare module 'undici/lib/dispatcher/client.js' {
  import type { Client as ClientClass } from 'undici';

  const Client: typeof ClientClass;
  export default Client;
}

/** What `Client` connects with unless it is given something else; it returns the socket, which undici's types leave out. */
declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net';
  import type { buildConnector as Build } from 'undici';

  const buildConnector: (
    options: Build.BuildOptions,
  ) => (options: Build.Options, callback: Build.Callback) => Socket;
  export default buildConnector;
}
