import { type Actor, loginOf } from '../access/actor.ts'
import { needWrite } from '../access/permission.ts'
import { invalid, Refusal } from '../refusal.ts'
import { fullPullShape, type PullIssue } from '../representations/pull.ts'
import type { World } from '../world.ts'
import { blankIssue, type IssueChange, setState, updateIssue } from './issues.ts'
import { payload } from './payload.ts'

const NOT_BY_ACTIONS = 'GitHub Actions is not permitted to create or approve pull requests.'

export interface NewPull {
  title: string
  body: string | null
  head: string
  base: string
  draft: boolean
}

export async function createPull(world: World, actor: Actor, wanted: NewPull): Promise<PullIssue> {
  needWrite(actor, ['pull-requests'])
  needActionsAllowed(world, actor)
  const { draft, title, body } = wanted
  if (draft && !world.store.doc.settings.draftPulls) {
    throw new Refusal(422, 'Draft pull requests are not supported in this repository.')
  }
  if (title.trim() === '') throw invalid({ resource: 'PullRequest', code: 'missing_field', field: 'title' })
  const sides = await checkSides(world, branchName(world, wanted.head), wanted.base)
  const pull = { id: world.store.nextId(), ...sides, draft, mergedAt: null, mergedBy: null, mergeCommit: null }
  const issue: PullIssue = { ...blankIssue(world, loginOf(actor), title, body), pull }
  world.store.doc.issues.push(issue)
  world.store.changed()
  await world.git.run(['update-ref', `refs/pull/${issue.number}/head`, pull.headSha])
  await emitPull(world, actor, issue, 'opened')
  return issue
}

export function needActionsAllowed(world: World, actor: Actor): void {
  if (actor.kind === 'job' && !world.store.doc.settings.allowActionsToCreatePulls)
    throw new Refusal(403, NOT_BY_ACTIONS)
}

/** `owner:branch` names a branch of that owner's repository; there is one repository here. */
const branchName = (world: World, head: string): string =>
  head.startsWith(`${world.store.doc.owner}:`) ? head.slice(world.store.doc.owner.length + 1) : head

async function checkSides(world: World, head: string, base: string) {
  const [headSha, baseSha] = await Promise.all([
    world.git.commitOf(`refs/heads/${head}`),
    world.git.commitOf(`refs/heads/${base}`),
  ])
  if (headSha === null) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  if (baseSha === null) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  if (await world.git.isAncestor(headSha, baseSha)) throw custom(`No commits between ${base} and ${head}`)
  const same = world.store.doc.issues.some(
    ({ state, pull }) => state === 'open' && pull !== null && pull.head === head && pull.base === base,
  )
  if (same) throw custom(`A pull request already exists for ${world.store.doc.owner}:${head}.`)
  return { head, base, headSha, baseSha }
}

const custom = (message: string): Refusal => invalid({ resource: 'PullRequest', code: 'custom', message })

export async function updatePull(
  world: World,
  actor: Actor,
  issue: PullIssue,
  change: IssueChange & { base?: string | undefined },
): Promise<void> {
  needPullEditor(actor, issue)
  if (change.base !== undefined && change.base !== issue.pull.base) await changeBase(world, issue, change.base)
  if (change.state === 'open' && issue.state === 'closed') await needReopenable(world, issue)
  const { state, title, body } = issue
  await updateIssue(world, actor, issue, change)
  if (issue.state !== state) await emitPull(world, actor, issue, issue.state === 'open' ? 'reopened' : 'closed')
  const changes = {
    ...(issue.title === title ? {} : { title: { from: title } }),
    ...(issue.body === body ? {} : { body: { from: body ?? '' } }),
  }
  if (Object.keys(changes).length > 0) await emitPull(world, actor, issue, 'edited', { changes })
}

function needPullEditor(actor: Actor, issue: PullIssue): void {
  if (actor.kind === 'person' && issue.author === loginOf(actor)) return
  needWrite(actor, ['pull-requests'])
}

async function changeBase(world: World, issue: PullIssue, base: string): Promise<void> {
  const sha = await world.git.commitOf(`refs/heads/${base}`)
  if (sha === null) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  issue.pull.base = base
  issue.pull.baseSha = sha
}

async function needReopenable(world: World, issue: PullIssue): Promise<void> {
  const head = await world.git.commitOf(`refs/heads/${issue.pull.head}`)
  if (issue.pull.mergedAt !== null || head === null) {
    throw invalid({ resource: 'PullRequest', code: 'custom', field: 'state', message: 'state cannot be changed.' })
  }
  issue.pull.headSha = head
}

export async function setDraft(world: World, actor: Actor, issue: PullIssue, draft: boolean): Promise<void> {
  needPullEditor(actor, issue)
  if (draft && !world.store.doc.settings.draftPulls) {
    throw new Refusal(422, 'Draft pull requests are not supported in this repository.')
  }
  if (issue.pull.draft === draft) return
  issue.pull.draft = draft
  issue.updatedAt = world.now()
  world.store.changed()
  await emitPull(world, actor, issue, draft ? 'converted_to_draft' : 'ready_for_review')
}

/** Closed as merged, by a push or by the merge button. */
export async function closeAsMerged(world: World, actor: Actor, issue: PullIssue, commit: string): Promise<void> {
  issue.pull.mergedAt = world.now()
  issue.pull.mergedBy = loginOf(actor)
  issue.pull.mergeCommit = commit
  setState(world, actor, issue, 'closed', null)
  await emitPull(world, actor, issue, 'closed')
}

export async function emitPull(world: World, actor: Actor, issue: PullIssue, action: string, more: object = {}) {
  // A job's token starts nothing, and an event without a listener needs no calls of git.
  if (actor.kind === 'job') return
  const own = { action, number: issue.number, ...more, pull_request: await fullPullShape(world, issue) }
  await world.emit({ name: 'pull_request', payload: payload(world, actor, own) }, actor)
}
