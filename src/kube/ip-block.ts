/** Ranges of addresses, as ipBlock.cidr of a NetworkPolicy and NO_PROXY give them. */
import { BlockList, isIP } from 'node:net';

export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** @param cidr such as `10.0.0.0/8`; anything else has no address in it */
export function isInBlock(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIP(network);
  const prefix = Number(bits);
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128))
    return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}

/** Private, shared, loopback, link-local and multicast ranges: no public address is in them. */
const NOT_PUBLIC = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** @param place an address, or a range, which is told by its first address */
export function isPublic(place: string): boolean {
  const [address = ''] = place.split('/');
  return !NOT_PUBLIC.some((range) => isInBlock(address, range));
}
