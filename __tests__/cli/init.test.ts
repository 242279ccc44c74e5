import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { git, tempDir } from '../support/git.ts'
import { typed } from './terminal.ts'

const EXAMPLE = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'tributary.yml'), 'utf8')
const PATH = '.github/workflows/tributary.yml'

let top: string
beforeEach(() => {
  top = tempDir()
  git(top, ['init', '--quiet'])
})
const written = () => readFileSync(join(top, PATH), 'utf8')

describe('tributary init', () => {
  it('writes the workflow to the top of the repository, from any folder in it', async () => {
    mkdirSync(join(top, 'src', 'deep'), { recursive: true })
    const { code, out } = await typed(join(top, 'src', 'deep'), ['init'])
    expect(code).toBe(0)
    expect(written()).toBe(EXAMPLE)
    expect(out).toContain(`Wrote ${PATH}`)
  })

  it('names the box to tick, with the address of the settings', async () => {
    git(top, ['remote', 'add', 'origin', 'git@github.com:octo/demo.git'])
    const { out } = await typed(top, ['init'])
    expect(out).toContain('Allow GitHub Actions to create and approve pull requests')
    expect(out).toContain('https://github.com/octo/demo/settings/actions')
  })

  it('finds its own file up to date', async () => {
    await typed(top, ['init'])
    const { code, out } = await typed(top, ['init'])
    expect(code).toBe(0)
    expect(out).toContain('is there already, and up to date')
  })

  it("leaves a person's own file alone, says how to see the difference, and overwrites it when told to", async () => {
    await typed(top, ['init'])
    writeFileSync(join(top, PATH), `${EXAMPLE}# ours\n`)
    const { code, error } = await typed(top, ['init'])
    expect(code).toBe(1)
    expect(error).toContain('init --print | git diff --no-index')
    expect(written()).toBe(`${EXAMPLE}# ours\n`)
    expect((await typed(top, ['init', '--force'])).code).toBe(0)
    expect(written()).toBe(EXAMPLE)
  })

  it('prints the file without writing it', async () => {
    expect(await typed(tempDir(), ['init', '--print'])).toEqual({ code: 0, out: EXAMPLE.trimEnd(), error: '' })
  })

  it('refuses a folder that is in no repository', async () => {
    const { code, error } = await typed(tempDir(), ['init'])
    expect(code).toBe(2)
    expect(error).toContain('this folder is in no git repository')
  })
})
