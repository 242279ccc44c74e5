import { expect, it } from 'vitest'
import { allowedHostSchema, isHostName } from '../../src/core/allowed-host.ts'

it.each([
  'registry.npmjs.org',
  'pypi.org',
  'files.pythonhosted.org',
  'a-b.example',
  'xn--bcher-kva.example',
  `${'a'.repeat(63)}.example`,
])('%s is a host that can be allowed', (host) => {
  expect(isHostName(host)).toBe(true)
})

it.each([
  ['an IPv4 address', '10.0.0.1'],
  ['an address with a final dot', '127.0.0.1.'],
  ['an address in hexadecimal', '0x7f.0.0.1'],
  ['an address whose last part alone is hexadecimal', '127.0.0.0x1'],
  ['an address in one number', '2130706433'],
  ['an IPv6 address', '::1'],
  ['an IPv6 address in brackets', '[::ffff:169.254.169.254]'],
  ['localhost', 'localhost'],
  ['a name below localhost', 'a.localhost'],
  ['the metadata server of a cloud', 'metadata.google.internal'],
  ['a name of a local network', 'printer.local'],
  ['a name without a dot', 'registry'],
  ['a final dot', 'registry.npmjs.org.'],
  ['a port', 'registry.npmjs.org:443'],
  ['a path', 'registry.npmjs.org/left-pad'],
  ['a URL', 'https://registry.npmjs.org'],
  ['user information', 'user@registry.npmjs.org'],
  ['a wildcard', '*.npmjs.org'],
  ['capital letters', 'Registry.npmjs.org'],
  ['letters that look like others', 'régistry.npmjs.org'],
  ['an empty label', 'registry..org'],
  ['a label that begins with a hyphen', '-a.example'],
  ['a line break', 'registry.npmjs.org\nevil.example'],
  ['a null character', 'registry.npmjs.org\0'],
  ['a label that is too long', `${'a'.repeat(64)}.example`],
  ['a name that is too long', `${'a.'.repeat(130)}example`],
  ['nothing', ''],
])('%s is refused', (_what, host) => {
  expect(isHostName(host)).toBe(false)
  expect(allowedHostSchema.safeParse(host).error?.issues[0]?.message).toContain('such as `registry.npmjs.org`')
})
