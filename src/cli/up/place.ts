import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { checkoutAt, git, gitDirOf } from '../repository.ts'
import { ownFolder } from '../serving.ts'
import { Mistake, type Terminal } from '../subcommand.ts'

/** The repository that a person stands in, and where its hub keeps everything. */
export interface Place {
  /** The top of the checkout. */
  top: string
  /** The branch that is checked out; null if HEAD is detached. */
  branch: string | null
  /** The same for all work trees of a repository, and for none of another. */
  dataDir: string
  env: Terminal['env']
}

/** Throws a Mistake with what to do first if no hub can serve the folder. */
export async function findPlace(terminal: Pick<Terminal, 'cwd' | 'env'>): Promise<Place> {
  const top = await checkoutAt(terminal.cwd)
  if ((await git(top, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}')) === null)
    throw new Mistake('this repository has no commit yet; run: git add . && git commit --allow-empty -m "First"', {
      typing: false,
    })
  const branch = await git(top, 'symbolic-ref', '--quiet', '--short', 'HEAD')
  return { top, branch, dataDir: await dataDirOf(top, terminal), env: terminal.env }
}

/** Where the hub of a repository keeps everything, whether it has run or not. */
export async function dataDirOf(top: string, terminal: Pick<Terminal, 'env'>): Promise<string> {
  const gitDir = await realpath(await gitDirOf(top))
  return ownFolder('up', basename(gitDir) === '.git' ? dirname(gitDir) : gitDir, terminal)
}

/** The repository that the hub serves. */
export const hubRepository = ({ dataDir }: Pick<Place, 'dataDir'>): string => join(dataDir, 'hub', 'repository.git')

/** Whether a branch is one of a run: it is no base for another. */
export const isResult = (branch: string): boolean => branch.startsWith('tributary/')
