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
      ? well(`${stdout.trim()}; self-hosted runners need ${OLDEST_GIT} or later, too`)
      : missingFinding(`${stdout.trim()} is too old`, `update to ${OLDEST_GIT} or later, also on self-hosted runners`),
    ...((await textOf(top, '.gitattributes')).includes('filter=lfs')
      ? [
          warning(
            'tasks see Git LFS files as pointers, and a task that writes one fails',
            'plan tasks that do not write these files; to read them, set `lfs: true` in the checkout step',
          ),
        ]
      : []),
    ...((await textOf(top, '.gitmodules')) !== '' && !/^\s*submodules:/m.test(workflow ?? '')
      ? [
          warning(
            'submodules are empty in tasks, and no task can change them',
            'if tasks need them, add `submodules: true` under `with:` in the checkout step of the job `work`',
          ),
        ]
      : []),
  ]
}

const textOf = (top: string, file: string): Promise<string> => readFile(join(top, file), 'utf8').catch(() => '')
