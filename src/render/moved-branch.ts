import type { MovedBranch } from '../core/run/report.ts'
import { code } from './markdown/code.ts'

/** The command that puts a branch back to the commit that the run knows. */
export const putBackCommand = ({ branch, known }: { branch: string; known: string }): string =>
  `git push --force origin ${known}:refs/heads/${branch}`

/** How a person gets a branch out of the way that others moved. */
export function movedBack({ branch, known }: MovedBranch): string {
  const back = known === null ? '' : `, or put it back with ${code(putBackCommand({ branch, known }))}`
  const away =
    branch.endsWith('/trunk') && known !== null
      ? `Put ${code(branch)} back with ${code(putBackCommand({ branch, known }))}`
      : `Rename or delete ${code(branch)}${back}`
  return `${away}; then type \`/resume\`.`
}
