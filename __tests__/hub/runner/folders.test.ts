import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { removeFolders } from '../../../src/hub/runner/job/folders.ts'
import { removeFolder, temporary } from '../support/repository.ts'

/** Root may empty any folder, so it becomes another user for this; any other user stays who they are. */
function asOtherUser(folder: string): void {
  const [before, other] = [process.cwd(), 12_345]
  process.chdir(folder)
  if (process.geteuid?.() === 0) {
    chownSync('.', other, other)
    process.seteuid?.(other)
    onTestFinished(() => process.seteuid?.(0))
  }
  onTestFinished(() => process.chdir(before))
}

it('removes what a command has closed to reading and writing, also to its owner', async () => {
  const folder = temporary('job-folders')
  onTestFinished(() => removeFolder(folder))
  asOtherUser(folder)
  const work = join('jobs', '7', '_work')
  mkdirSync(join(work, 'cache', 'deep'), { recursive: true })
  writeFileSync(join(work, 'cache', 'deep', 'file'), 'x')
  mkdirSync(join(work, 'closed'))
  writeFileSync(join(work, 'closed', 'file'), 'x')
  chmodSync(join(work, 'cache', 'deep'), 0o555)
  chmodSync(join(work, 'cache'), 0o555)
  chmodSync(join(work, 'closed'), 0)
  await removeFolders({ dataDir: '.' }, 7)
  expect(existsSync(join('jobs', '7'))).toBe(false)
})
