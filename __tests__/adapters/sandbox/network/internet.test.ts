import { expect, it } from 'vitest'
import { publicInternet } from '../../../../src/adapters/sandbox/network/internet.ts'

it.each(['1.1.1.1', '104.16.0.35', '172.15.0.1', '172.32.0.1', '100.63.255.255', '2606:4700::6810:23'])(
  '%s is public',
  (address) => {
    expect(publicInternet.isPublic(address)).toBe(true)
  },
)

it.each([
  ['this machine', ['127.0.0.1', '127.8.9.1', '::1', '0.0.0.0', '::', '0.1.2.3']],
  ['a private network', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1']],
  ['metadata of a cloud', ['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254']],
  ['a link', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0']],
  ['a carrier', ['100.64.0.1', '100.127.255.255']],
  [
    'an IPv4 address inside IPv6',
    ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '::7f00:1'],
  ],
  ['a tunnel to IPv4', ['2002:7f00:1::', '2001:0:7f00:1::1']],
  ['documentation and tests', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1']],
  ['many machines', ['224.0.0.1', '239.1.1.1', '255.255.255.255', '240.0.0.1', 'ff02::1']],
  ['no address at all', ['', 'localhost', '127.1', '0x7f000001', '2130706433', '010.0.0.1']],
])('%s is not', (_what, addresses) => {
  expect(addresses.filter((address) => publicInternet.isPublic(address))).toEqual([])
})
