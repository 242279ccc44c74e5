import { ghFor } from './gh.ts'
import { git } from './git.ts'
import { choose, remotesOf } from './remote.ts'
import type { Terminal } from './terminal.ts'
import { SETTINGS_BOX, WORKFLOW_PATH } from './workflow-file.ts'

/** What a person still has to do after `init`, in order, as commands with the names of their own repository. */
export async function leftToDo(top: string, written: readonly string[], { command }: Terminal): Promise<string[]> {
  const found = choose(await remotesOf(top, null), undefined)
  const remote = typeof found === 'string' ? null : found
  const repository = remote?.remote ?? { host: 'github.com', owner: 'OWNER', repo: 'REPO' }
  const { host } = repository
  const name = `${repository.owner}/${repository.repo}`
  const gh = ghFor(repository)
  const origin = remote?.name ?? 'origin'
  const branch = (await git(top, 'branch', '--show-current')) || 'main'
  const trunk = (await git(top, 'symbolic-ref', '--short', `refs/remotes/${origin}/HEAD`))?.slice(origin.length + 1)
  const files = written.join(' ')
  const steps = [
    ...(remote === null
      ? [
          [
            'Put this repository on GitHub, if it is not there yet:',
            `git remote add origin https://${host}/${name}.git`,
          ],
        ]
      : []),
    [
      'If tasks need languages or dependencies, put your own set-up into the job `work`, where the comment says:',
      WORKFLOW_PATH,
    ],
    [
      'Commit and push, to the default branch: workflows of comments run from there only.',
      ...(files === '' ? [] : [`git add ${files} && git commit -m 'Add Tributary'`]),
      `git push ${origin} ${branch}`,
      ...(trunk === undefined || trunk === branch ? [] : [`then merge '${branch}' into the default branch '${trunk}'`]),
    ],
    [
      'Let Actions create pull requests. Without it, runs go on, on the issue alone.',
      gh.allowPulls,
      `or tick it: ${SETTINGS_BOX} (https://${host}/${name}/settings/actions)`,
    ],
    ["Add the model's key. Plans by hand, with a program for each task, need none.", gh.setSecret('ANTHROPIC_API_KEY')],
    ['See what is missing:', `GITHUB_TOKEN="$(${gh.token})" ${command} doctor`],
    ['Comment /plan on an issue.'],
  ]
  return [
    '',
    'Left to do, in this order:',
    ...steps.flatMap(([what = '', ...lines], n) => [`${n + 1}. ${what}`, ...lines.map((line) => `     ${line}`)]),
  ]
}
