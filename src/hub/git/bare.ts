import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeHooks } from './hooks.ts'
import { gitEnvironment, runGit } from './run.ts'

/** As a file that the repository's own configuration includes: one write, where `git config` is a process for each line. */
const SETTINGS = `[http]
  receivepack = true
[uploadpack]
  allowAnySHA1InWant = true
  allowFilter = true
[receive]
  fsckObjects = true
  # GitHub writes these itself; nobody may push them.
  hideRefs = refs/pull
  autogc = false
[gc]
  # A repository that lives for one evening needs no packing, and packing in the middle of a push costs time.
  auto = 0
[core]
  logAllRefUpdates = false
`

/** The bare repository that the hub serves, made of the checkout's current branch on the first start. Returns the default branch. */
export async function openBare(gitDir: string, checkout: string): Promise<string> {
  if (!existsSync(gitDir)) await copyBranch(gitDir, checkout)
  writeFileSync(join(gitDir, 'hub.config'), SETTINGS)
  writeHooks(gitDir)
  return (await must(['symbolic-ref', '--short', 'HEAD'], gitDir)).trim()
}

async function copyBranch(gitDir: string, checkout: string): Promise<void> {
  const branch = (await runGit(['symbolic-ref', '--short', '--quiet', 'HEAD'], inCheckout(checkout))).stdout.toString()
  const name = branch.trim() === '' ? 'main' : branch.trim()
  const head = await runGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], inCheckout(checkout))
  if (head.code !== 0) {
    throw new Error(
      `${checkout} is no git repository with a commit; run: git init && git add . && git commit -m "First"`,
    )
  }
  await must(['init', '--quiet', '--bare', '--template=', '--initial-branch', name, gitDir])
  mkdirSync(join(gitDir, 'hooks'))
  appendFileSync(join(gitDir, 'config'), '[include]\n  path = hub.config\n')
  const push = ['push', '--quiet', '--no-verify', gitDir, `HEAD:refs/heads/${name}`]
  const pushed = await runGit(push, inCheckout(checkout))
  if (pushed.code !== 0) throw new Error(`git could not copy ${checkout}: ${pushed.stderr.trim()}`)
}

/** The checkout may belong to somebody else, as in a container; it is only read. */
const inCheckout = (checkout: string) => ({
  cwd: checkout,
  env: { ...gitEnvironment(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
})

async function must(args: readonly string[], cwd?: string): Promise<string> {
  const answer = await runGit(args, cwd === undefined ? {} : { cwd })
  if (answer.code !== 0) throw new Error(`git ${args.join(' ')}: ${answer.stderr.trim()}`)
  return answer.stdout.toString('utf8')
}
