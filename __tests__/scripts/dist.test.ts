import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { compare } from '../../scripts/compare.mjs'
import { tempDir } from '../support/git.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const built = new Map([
  ['index.js', bytes('one')],
  ['index/chunk.js', bytes('two')],
])

describe('the look at dist/', () => {
  let dist: string
  beforeEach(() => {
    dist = tempDir()
    mkdirSync(join(dist, 'index'))
    for (const [path, text] of built) writeFileSync(join(dist, path), text)
  })

  it('has nothing against what was built', async () => {
    expect(await compare(dist, built)).toEqual([])
  })

  it('sees one byte', async () => {
    writeFileSync(join(dist, 'index', 'chunk.js'), 'twO')
    expect(await compare(dist, built)).toEqual(['differs: dist/index/chunk.js'])
  })

  it('sees a file too many, whether git knows it or not', async () => {
    writeFileSync(join(dist, 'index', 'old.js'), '')
    expect(await compare(dist, built)).toEqual(['not built from src: dist/index/old.js'])
  })

  it('sees that everything is missing', async () => {
    expect(await compare(join(dist, 'nowhere'), built)).toEqual([
      'missing: dist/index.js',
      'missing: dist/index/chunk.js',
    ])
  })
})
