import { git } from './git.ts'
import { choose, remotesOf } from './remote.ts'
import type { Terminal } from './terminal.ts'
import { SETTINGS_BOX } from './workflow-file.ts'

/** What a person still has to do after `init`, in order, as commands with the names of their own repository. */
export async function leftToDo(top: string, written: readonly string[], { command }: Terminal): Promise<string[]> {
  const found = choose(await remotesOf(top, null), undefined)
  const remote = typeof found === 'string' ? null : found
  const name = remote === null ? 'OWNER/REPO' : `${remote.remote.owner}/${remote.remote.repo}`
  const host = remote?.remote.host ?? 'github.com'
  const branch = (await git(top, 'branch', '--show-current')) || 'main'
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
      'Commit and push, to the default branch: workflows of comments run from there only.',
      ...(files === '' ? [] : [`git add ${files} && git commit -m 'Add Tributary'`]),
      `git push ${remote?.name ?? 'origin'} ${branch}`,
    ],
    [
      'Let Actions create pull requests. Without it, runs go on, on the issue alone.',
      `gh api -X PUT repos/${name}/actions/permissions/workflow -F can_approve_pull_request_reviews=true`,
      `or tick it: ${SETTINGS_BOX} (https://${host}/${name}/settings/actions)`,
    ],
    [
      "Add the model's key. Plans by hand, with a program for each task, need none.",
      `gh secret set ANTHROPIC_API_KEY --repo ${name}`,
    ],
    ['See what is missing:', `GITHUB_TOKEN="$(gh auth token)" ${command} doctor`],
    ['Comment /plan on an issue.'],
  ]
  return [
    '',
    'Left to do, in this order:',
    ...steps.flatMap(([what = '', ...lines], n) => [`${n + 1}. ${what}`, ...lines.map((line) => `     ${line}`)]),
  ]
}
