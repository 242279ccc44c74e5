import { type Actor, loginOf } from '../access/actor.ts'
import { readCommits } from '../git/commits.ts'
import { pointRef } from '../git/repository.ts'
import { isPull, type PullIssue } from '../representations/pull.ts'
import { userShape } from '../representations/user.ts'
import type { World } from '../world.ts'
import { setState } from './issues.ts'
import { payload } from './payload.ts'
import { closeAsMerged, emitPull } from './pulls.ts'

/** One ref that moved; null: it did not exist before, or no longer exists. */
export interface PushedRef {
  ref: string
  old: string | null
  new: string | null
}

/** What GitHub does after refs have moved: updates, merges or closes pull requests, and emits an event for a push by a person. */
export async function afterPush(
  world: World,
  actor: Actor,
  updates: readonly PushedRef[],
  done: { merged?: number } = {},
): Promise<void> {
  const moved = new Map(updates.map((update) => [update.ref, update]))
  const reaches = reachedBy(world)
  const open = world.store.doc.issues.filter(isPull).filter((issue) => issue.state === 'open')
  for (const issue of open) await follow(world, actor, issue, moved, reaches, done.merged === issue.number)
  for (const update of updates) await emitPush(world, actor, update)
  // A journal is no part of the stored state, and the pages show it.
  world.store.changed()
}

async function follow(
  world: World,
  actor: Actor,
  issue: PullIssue,
  moved: ReadonlyMap<string, PushedRef>,
  reaches: Reaches,
  byButton: boolean,
): Promise<void> {
  const { pull } = issue
  const head = moved.get(`refs/heads/${pull.head}`)
  const base = moved.get(`refs/heads/${pull.base}`)
  if (head === undefined && base === undefined) return
  const before = pull.headSha
  pull.headSha = head?.new ?? pull.headSha
  world.store.changed()
  if (byButton && base?.new) return closeAsMerged(world, actor, issue, base.new)
  if (base?.new && (await reaches(base, pull.headSha))) return closeAsMerged(world, actor, issue, base.new)
  if (head?.new === null || base?.new === null) return close(world, actor, issue)
  if (head?.new) await synchronize(world, actor, issue, before)
}

type Reaches = (update: PushedRef, sha: string) => Promise<boolean>

/** Whether an update brought a commit into its ref. Calls git once for each update, however many pull requests are open. */
function reachedBy(world: World): Reaches {
  const known = new Map<string, Set<string>>()
  return async ({ ref, old, new: tip }, sha) => {
    if (old === null || tip === null) return tip !== null && world.git.isAncestor(sha, tip)
    const commits = known.get(ref) ?? new Set((await world.git.text(['rev-list', tip, `^${old}`])).split('\n'))
    known.set(ref, commits)
    return commits.has(sha)
  }
}

/** A head that was reset onto its base has nothing left to merge. */
async function synchronize(world: World, actor: Actor, issue: PullIssue, before: string): Promise<void> {
  const { pull } = issue
  await pointRef(world.git, `refs/pull/${issue.number}/head`, pull.headSha)
  const base = await world.git.commitOf(`refs/heads/${pull.base}`)
  if (base !== null && (await world.git.isAncestor(pull.headSha, base))) return close(world, actor, issue)
  pull.baseSha = base ?? pull.baseSha
  issue.updatedAt = world.now()
  await emitPull(world, actor, issue, 'synchronize', { before, after: pull.headSha })
}

async function close(world: World, actor: Actor, issue: PullIssue): Promise<void> {
  setState(world, actor, issue, 'closed', null)
  await emitPull(world, actor, issue, 'closed')
}

async function emitPush(world: World, actor: Actor, update: PushedRef): Promise<void> {
  if (actor.kind !== 'person' || !/^refs\/(heads|tags)\//.test(update.ref)) return
  const range = update.old === null ? ['-1'] : ['-20', `^${update.old}`]
  const commits = update.new === null ? [] : await readCommits(world.git, [...range, update.new])
  const shown = commits.reverse().map((commit) => ({
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: commit.author,
    committer: commit.committer,
    url: `${world.urls.html}/commit/${commit.sha}`,
    distinct: true,
  }))
  const own = {
    ref: update.ref,
    before: update.old ?? '0'.repeat(40),
    after: update.new ?? '0'.repeat(40),
    created: update.old === null,
    deleted: update.new === null,
    forced: false,
    base_ref: null,
    compare: `${world.urls.html}/compare`,
    commits: shown,
    head_commit: shown.at(-1) ?? null,
    pusher: { name: loginOf(actor), email: `${loginOf(actor)}@users.noreply.hub.localhost` },
  }
  await world.emit(
    { name: 'push', payload: { ...payload(world, actor, own), sender: userShape(world, loginOf(actor)) } },
    actor,
  )
}
