import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { startedAs } from '../../src/cli/started-as.ts'
import { tempDir } from '../support/git.ts'

let folder: string
beforeEach(() => {
  folder = tempDir()
})

function installed(at: string): string {
  const script = join(folder, at, 'node_modules/tributary/dist/cli.js')
  mkdirSync(join(script, '..'), { recursive: true })
  writeFileSync(script, '')
  return script
}

describe('how a command was started', () => {
  it('is the shortest path to it', () => {
    installed('own')
    const bin = join(folder, 'own/node_modules/.bin')
    mkdirSync(bin)
    symlinkSync('../tributary/dist/cli.js', join(bin, 'tributary'))
    expect(startedAs(join(bin, 'tributary'), join(folder, 'own'))).toBe('node node_modules/tributary/dist/cli.js')
    expect(startedAs(installed('copy'), join(folder, 'own'))).toBe('node ../copy/node_modules/tributary/dist/cli.js')
    expect(startedAs('/x/cli.js', join(folder, 'own'))).toBe('node /x/cli.js')
  })

  it('is fit for a shell', () => {
    expect(startedAs(installed("it's here"), folder)).toBe("node 'it'\\''s here/node_modules/tributary/dist/cli.js'")
  })

  it('is the git address that npx was given, and never the bare name, which is a stranger to us', () => {
    const script = installed('_npx/0123456789abcdef')
    const note = (packages: string[]) =>
      writeFileSync(join(folder, '_npx/0123456789abcdef/package.json'), JSON.stringify({ _npx: { packages } }))
    note(['github:octo/tributary'])
    expect(startedAs(script, folder)).toBe('npx github:octo/tributary')
    note(['tributary'])
    expect(startedAs(script, folder)).toBe('node _npx/0123456789abcdef/node_modules/tributary/dist/cli.js')
  })
})
