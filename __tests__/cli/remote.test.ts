import { describe, expect, it } from 'vitest'
import { parseRemote, webAddress } from '../../src/cli/remote.ts'

describe('the address of a remote', () => {
  it.each([
    ['https://github.com/octo/demo.git', 'github.com'],
    ['https://github.com/octo/demo', 'github.com'],
    ['https://x-access-token:secret@github.com/octo/demo.git', 'github.com'],
    ['git@github.com:octo/demo.git', 'github.com'],
    ['ssh://git@ghe.example.com:2222/octo/demo.git', 'ghe.example.com:2222'],
    ['http://127.0.0.1:4000/octo/demo.git', '127.0.0.1:4000'],
  ])('%s', (address, host) => {
    expect(parseRemote(address)).toEqual({ host, owner: 'octo', repo: 'demo' })
  })

  it.each(['/srv/git/demo.git', '../demo', 'C:\\demo', ''])('%j is a folder', (address) => {
    expect(parseRemote(address)).toBeNull()
    expect(webAddress(address)).toBeNull()
  })

  it('is turned into one that takes a token', () => {
    expect(webAddress('git@github.com:octo/demo.git')).toBe('https://github.com/octo/demo.git')
    expect(webAddress('file:///srv/git/demo.git')).toBe('file:///srv/git/demo.git')
  })
})
