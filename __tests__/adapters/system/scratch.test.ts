import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratchIn } from '../../../src/adapters/system/scratch.ts'
import { tempDir } from '../../support/git.ts'

it('a temporary folder goes with what it was for, closed folders in it too, as Go keeps its modules in', async () => {
  const parent = tempDir()
  const closed = async (folder: string) => {
    mkdirSync(join(folder, 'pkg/mod'), { recursive: true })
    writeFileSync(join(folder, 'pkg/mod/go.mod'), 'module a\n')
    chmodSync(join(folder, 'pkg/mod'), 0o555)
  }
  await scratchIn(parent).use(async (folder) => {
    await closed(await folder.emptyFolder('home'))
    expect(readdirSync(await folder.emptyFolder('home'))).toEqual([])
    await closed(await folder.emptyFolder('home'))
  })
  expect(readdirSync(parent)).toEqual([])
})
