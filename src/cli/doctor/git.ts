import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { OLDEST_GIT, whyTooOld } from '../../adapters/git/version.ts'
import { type DoctorFinding, missingFinding, warning, well } from './finding.ts'

/** This machine's git, and what of the repository tasks see in another way than people. */
export async function checkGit(top: string, workflow: string | null): Promise<DoctorFinding[]> {
  const { stdout } = await promisify(execFile)('git', ['version'])
  const tooOld = whyTooOld(stdout)
  return [
    tooOld === null
      ? well(`${stdout.trim()}; runners of your own need ${OLDEST_GIT} or later too`)
      : missingFinding(
          `${stdout.trim()} is too old`,
          `update it to ${OLDEST_GIT} or later, on runners of your own too`,
        ),
    ...((await textOf(top, '.gitattributes')).includes('filter=lfs')
      ? [
          warning(
            'files in Git LFS are pointers in tasks, and a task that writes such a file is refused',
            'plan tasks that leave these files alone; the checkout step may fetch them with `lfs: true`',
          ),
        ]
      : []),
    ...((await textOf(top, '.gitmodules')) !== '' && !/^\s*submodules:/m.test(workflow ?? '')
      ? [
          warning(
            'submodules are empty in tasks, and no task can change them',
            'write `submodules: true` under `with:` of the checkout step of the job `work` if tasks need them',
          ),
        ]
      : []),
  ]
}

const textOf = (top: string, file: string): Promise<string> => readFile(join(top, file), 'utf8').catch(() => '')
