import { lookup } from 'node:dns/promises'
import { BlockList, connect, isIPv4, isIPv6, type Socket } from 'node:net'

/** What the proxy needs of the world outside: an argument, so that a test can give it a small world of its own. */
export interface Internet {
  /** All addresses of a name; throws if it has none. */
  resolve(host: string): Promise<readonly string[]>
  /** Whether an address is one of the public network, and no machine beside this one or its cloud answers there. */
  isPublic(address: string): boolean
  /** Begins to connect to exactly this address. */
  connect(address: string, port: number): Socket
}

export const publicInternet: Internet = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  isPublic: isPublicAddress,
  connect: (host, port) => connect({ host, port, allowHalfOpen: true }),
}

/** Special-purpose addresses of IANA's registry: private, shared, loopback, link-local (metadata of clouds), tests, multicast. */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Azure's host of a virtual machine, as GitHub's runners are, answers at a public address: metadata and DNS.
  '168.63.129.16/32',
]

/** Inside the global unicast range: protocol assignments with Teredo, documentation, 6to4, which leads to IPv4 addresses. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']
const GLOBAL_V6 = ['2000::/3']

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/')
    list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const specialV4 = listOf(SPECIAL_V4, 'ipv4')
const specialV6 = listOf(SPECIAL_V6, 'ipv6')
const globalV6 = listOf(GLOBAL_V6, 'ipv6')

/** Of IPv6, only the global range counts: what maps or translates to IPv4 lies outside of it. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !specialV4.check(address, 'ipv4')
  return isIPv6(address) && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}
