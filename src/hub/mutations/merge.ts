import { type Actor, loginOf } from '../access/actor.ts'
import { needWrite } from '../access/permission.ts'
import { moveRef } from '../git/repository.ts'
import { Refusal } from '../refusal.ts'
import type { PullIssue } from '../representations/pull.ts'
import type { MergeMethod } from '../store/document.ts'
import type { World } from '../world.ts'
import { afterPush } from './pushed.ts'

export interface MergeOptions {
  method: MergeMethod
  title: string | undefined
  message: string | undefined
  sha: string | undefined
}

/** The merge button. The pull request closes as it does for a push that brings its head into the base. */
export async function mergePull(world: World, actor: Actor, issue: PullIssue, options: MergeOptions): Promise<string> {
  needWrite(actor, ['contents'])
  const { pull } = issue
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft')
  if (issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable')
  if (options.sha !== undefined && options.sha !== pull.headSha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  }
  const ref = `refs/heads/${pull.base}`
  const base = await world.git.commitOf(ref)
  const tree = base === null ? null : await mergedTree(world, base, pull.headSha)
  if (base === null || tree === null) throw new Refusal(405, 'Pull Request is not mergeable')
  const parents = options.method === 'merge' ? [base, pull.headSha] : [base]
  const commit = await commitTree(world, loginOf(actor), tree, parents, messageOf(world, issue, options))
  await moveRef(world.git, ref, commit, base)
  await afterPush(world, actor, [{ ref, old: base, new: commit }], { merged: issue.number })
  return commit
}

/** "Update branch": merges the base into the head, in the name of the person who asks for it. */
export async function updateBranch(
  world: World,
  actor: Actor,
  { state, pull }: PullIssue,
  expected: string | undefined,
): Promise<void> {
  needWrite(actor, ['contents'])
  const refused = (message: string) => new Refusal(422, message)
  if (expected !== undefined && expected !== pull.headSha)
    throw refused("expected head sha didn't match current head ref.")
  const ref = `refs/heads/${pull.head}`
  const [base, head] = await Promise.all([
    world.git.commitOf(`refs/heads/${pull.base}`),
    state === 'open' ? world.git.commitOf(ref) : null,
  ])
  if (base === null || head === null) throw refused('The head or the base of this pull request is gone.')
  if (await world.git.isAncestor(base, head)) throw refused('There are no new commits on the base branch.')
  const tree = await mergedTree(world, head, base)
  if (tree === null) throw refused('merge conflict between base and head')
  const message = `Merge branch '${pull.base}' into ${pull.head}\n`
  const commit = await commitTree(world, loginOf(actor), tree, [head, base], message)
  await moveRef(world.git, ref, commit, head)
  await afterPush(world, actor, [{ ref, old: head, new: commit }])
}

async function mergedTree(world: World, base: string, head: string): Promise<string | null> {
  const merged = await world.git.run(['merge-tree', '--write-tree', base, head])
  return merged.code === 0 ? merged.stdout.toString('utf8').trim() : null
}

async function commitTree(world: World, login: string, tree: string, parents: readonly string[], message: string) {
  const email = `${login}@users.noreply.hub.localhost`
  const who = ['-c', `user.name=${login}`, '-c', `user.email=${email}`]
  const args = [...who, 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
  return (await world.git.text(args, message)).trim()
}

function messageOf(world: World, issue: PullIssue, options: MergeOptions): string {
  const merge = `Merge pull request #${issue.number} from ${world.store.doc.owner}/${issue.pull.head}`
  const title = options.title ?? (options.method === 'merge' ? merge : `${issue.title} (#${issue.number})`)
  return `${title}\n\n${options.message ?? issue.title}\n`
}
