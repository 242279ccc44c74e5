import { type Actor, loginOf } from '../access/actor.ts'
import { findPerson } from '../access/people.ts'
import { needWrite } from '../access/permission.ts'
import { Refusal } from '../refusal.ts'
import { isMergeable, type PullIssue } from '../representations/pull.ts'
import type { MergeMethod } from '../store/document.ts'
import type { World } from '../world.ts'
import { mergePull } from './merge.ts'
import { emitPull } from './pulls.ts'

interface Wish {
  method: MergeMethod
  sha: string | undefined
}

/** "Enable auto-merge". GitHub refuses it if nothing is missing for a merge. */
export async function enableAutoMerge(world: World, actor: Actor, issue: PullIssue, wish: Wish): Promise<void> {
  needWrite(actor, ['contents'])
  if (!world.store.doc.settings.allowAutoMerge)
    throw new Refusal(422, 'Pull request Auto merge is not allowed for this repository')
  if (issue.pull.draft) throw new Refusal(422, 'Pull request Pull request is in draft state')
  if (wish.sha !== undefined && wish.sha !== issue.pull.headSha)
    throw new Refusal(422, 'Head branch was modified. Review and try the merge again.')
  if (issue.state === 'closed') throw new Refusal(422, 'Pull request is closed')
  if (await isReady(world, issue)) throw new Refusal(422, 'Pull request Pull request is in clean status')
  const byJob = actor.kind === 'job' ? { jobToken: actor.token.token } : {}
  issue.pull.autoMerge = { by: loginOf(actor), at: world.now(), method: wish.method, ...byJob }
  world.store.changed()
  await emitPull(world, actor, issue, 'auto_merge_enabled')
}

/** What a rule of the base branch wants is there: enough approvals of the head, by people with write access. */
async function isReady(world: World, issue: PullIssue): Promise<boolean> {
  const { requiredApprovals } = world.store.doc.settings
  const approvers = world.store.doc.reviews
    .filter(
      ({ issue: on, state, commit }) => on === issue.number && state === 'APPROVED' && commit === issue.pull.headSha,
    )
    .filter(({ author }) => ['admin', 'write'].includes(findPerson(author)?.role ?? 'none'))
  return new Set(approvers.map(({ author }) => author)).size >= requiredApprovals && isMergeable(world, issue.pull)
}

/** GitHub merges in the name of whom switched auto-merge on: that a job did is why the merge starts no workflow. */
export async function mergeWhenReady(world: World, actor: Actor, issue: PullIssue): Promise<void> {
  const { autoMerge } = issue.pull
  if (autoMerge === undefined || autoMerge === null || issue.state === 'closed' || !(await isReady(world, issue)))
    return
  const token = world.store.doc.jobTokens.find((known) => known.token === autoMerge.jobToken)
  await mergePull(world, token === undefined ? actor : { kind: 'job', token }, issue, {
    method: autoMerge.method,
    title: undefined,
    message: undefined,
    sha: undefined,
  })
}
