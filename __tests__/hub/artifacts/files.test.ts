import { strToU8, zipSync } from 'fflate'
import { expect, it, onTestFinished } from 'vitest'
import { openArtifactFiles } from '../../../src/hub/artifacts/files.ts'
import { removeFolder, temporary } from '../support/repository.ts'

it('reads one file of an artifact, if it is there, can be read and is not too large', async () => {
  const folder = temporary('artifacts')
  onTestFinished(() => removeFolder(folder))
  const files = openArtifactFiles(folder)
  await files.put(1, zipSync({ 'a.txt': strToU8('Wörter'), 'b.txt': strToU8('others') }))
  await files.put(2, strToU8('no archive'))
  expect(await files.text(1, 'a.txt', 100)).toBe('Wörter')
  const none = [
    files.text(1, 'a.txt', 6),
    files.text(1, 'c.txt', 100),
    files.text(2, 'a.txt', 100),
    files.text(3, 'a.txt', 100),
  ]
  expect(await Promise.all(none)).toEqual([null, null, null, null])
})
