import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Unfit } from '../unfit.ts'
import { gitIn, inspectCheckout } from './checkout.ts'
import { writeHooks } from './hooks.ts'
import { runHubGit } from './run.ts'

/** As a file that the repository's own configuration includes: one write, where `git config` is a process for each line. */
const SETTINGS = `[uploadpack]
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
export async function openBare(gitDir: string, checkout: string, log: (line: string) => void): Promise<string> {
  if (!existsSync(gitDir)) await copyBranch(gitDir, checkout, log)
  writeFileSync(join(gitDir, 'hub.config'), SETTINGS)
  writeHooks(gitDir)
  return (await must(['symbolic-ref', '--short', 'HEAD'], gitDir)).trim()
}

async function copyBranch(gitDir: string, checkout: string, log: (line: string) => void): Promise<void> {
  const { branch, detachedAt } = await inspectCheckout(checkout)
  if (detachedAt !== null) log(`${checkout} is on no branch; ${detachedAt.slice(0, 8)} is served as ${branch}`)
  await must(['init', '--quiet', '--bare', '--template=', '--initial-branch', branch, gitDir])
  mkdirSync(join(gitDir, 'hooks'))
  appendFileSync(join(gitDir, 'config'), '[include]\n  path = hub.config\n')
  const pushed = await gitIn(checkout, ['push', '--quiet', '--no-verify', gitDir, `HEAD:refs/heads/${branch}`])
  if (pushed.code === 0) return
  // Half a copy would be served as it is by the next start.
  await rm(gitDir, { recursive: true, force: true })
  throw new Unfit(`git could not copy ${checkout}: ${pushed.stderr.trim()}`)
}

async function must(args: readonly string[], cwd?: string): Promise<string> {
  const answer = await runHubGit(args, cwd === undefined ? {} : { cwd })
  if (answer.code !== 0) throw new Error(`git ${args.join(' ')}: ${answer.stderr.trim()}`)
  return answer.stdout.toString('utf8')
}
