/** Parts of an http or https URL as sockets take them. */

/** The host without the brackets that an IPv6 address has in a URL. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** The port; where the URL names none, that of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/**
 * What to connect to for a host, in this order. `localhost` is this machine without asking anybody (RFC 6761): a lookup of
 * it waits in Node's thread pool, behind those of names for which no DNS server answers. Other names are left to the socket.
 */
export function addressesOf(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}
