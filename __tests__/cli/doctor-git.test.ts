import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whyTooOld } from '../../src/adapters/git/version.ts'
import { checkGit } from '../../src/cli/doctor/git.ts'
import { tempDir } from '../support/git.ts'

it.each(['git version 2.38.0', 'git version 2.39.5 (Apple Git-154)', 'git version 3.0.0.windows.1'])(
  '%s is taken',
  (said) => expect(whyTooOld(said)).toBeNull(),
)

it.each(['git version 2.37.9', 'git version 1.99', 'no git'])('%s is refused, with what is needed', (said) =>
  expect(whyTooOld(said)).toContain(`${said}, and Tributary needs git 2.38 or later`),
)

it('the doctor says which git is here, and what tasks see of LFS and submodules', async () => {
  const top = tempDir()
  expect(await checkGit(top, null)).toMatchObject([{ state: 'well', what: expect.stringContaining('git version') }])
  writeFileSync(join(top, '.gitattributes'), '*.png filter=lfs\n')
  writeFileSync(join(top, '.gitmodules'), '[submodule "x"]\n')
  expect((await checkGit(top, null)).slice(1)).toMatchObject([
    { state: 'warning', what: expect.stringContaining('LFS') },
    { state: 'warning', todo: expect.stringContaining('submodules: true') },
  ])
  expect(await checkGit(top, 'with:\n  submodules: true\n')).toHaveLength(2)
})
