import { shortPlanId } from '../core/plan-id.ts'
import { issueOf, taskBranch, trunkBranch } from '../core/ref.ts'
import type { ActiveRun, LiveRun } from '../core/state.ts'
import { code, codes } from './code.ts'
import { pullOf } from './planned.ts'
import { type Standings, standingAs, standingsOf } from './standing.ts'

/** What a person can do now, most urgent first, each with the exact words to type. */
export function nextSteps(run: LiveRun): string[] {
  switch (run.phase) {
    case 'requested':
      return ['`/reject` ends it; nothing else is needed.']
    case 'proposed':
      return run.work.baseSeen.stale
        ? ['`/reject`, then `/plan`, for a plan on the new base.']
        : [`${code(`/approve ${shortPlanId(run.work.planId)}`)} starts it, \`/reject -- why\` ends it.`]
    case 'active':
      return active(run)
    case 'ended':
      return ended(run)
  }
}

function active(run: ActiveRun): string[] {
  const standings = standingsOf(run.work)
  return [
    ...stopped(run),
    ...standingAs(standings, 'waits for a person').map((id) => approve(run, id)),
    ...broken(run),
    ...standingAs(standings, 'failed').map(
      (id) =>
        `${code(`/retry ${id} -- note`)} tries ${code(id)} again, ${code(`/skip ${id}`)} goes on without it.${leftOver(run, id)}`,
    ),
    ...standingAs(standings, 'cancelled').map(
      (id) => `${code(`/retry ${id}`)} takes ${code(id)} up again, ${code(`/skip ${id}`)} goes on without it.`,
    ),
    ...unapproved(run, standings),
    ...(run.paused === null ? ['`/pause` starts nothing new, `/cancel` stops the run.'] : []),
  ]
}

function stopped({ work, paused }: ActiveRun): string[] {
  if (work.baseSeen.stale) {
    const where = work.baseSeen.paths.slice(0, 5).map(code).join(', ')
    return [
      `\`/resume\` goes on with the old base although ${code(work.baseBranch)} moved (${where}); \`/cancel\` stops the run, and \`/plan\` makes a plan on the new base.`,
    ]
  }
  return paused === null ? [] : ['`/resume` goes on, `/cancel` stops the run.']
}

function approve({ work }: ActiveRun, id: string): string {
  const isGate = work.plan.tasks.some((task) => task.id === id && task.kind === 'gate')
  return isGate
    ? `${code(`/approve ${id}`)} opens the gate ${code(id)}.`
    : `${code(`/approve ${id}`)} lands ${code(id)}, which is verified. On its pull request \`/approve\` is enough.`
}

function broken({ work }: ActiveRun): string[] {
  if (work.verification?.status !== 'failed') return []
  const culprit = work.culprit?.task ?? null
  if (culprit !== null)
    return [
      `${code(`/retry ${culprit} -- note`)} works on ${code(culprit)} again, on top of trunk; the verification follows.`,
    ]
  if (work.verification.failure.reason !== 'verification-failed') {
    const last = work.trunk.merges.at(-1)?.task
    const again = last === undefined ? '' : `${code(`/retry ${last}`)} merges ${code(last)} anew and verifies again; `
    return [`${again}\`/cancel\` stops the run.`]
  }
  return work.culprit === null ? [] : ['The base must be mended first: `/cancel`, then `/plan` on a base that passes.']
}

/** The branch with the work of a failed task, where there is any. */
function leftOver(run: ActiveRun, id: string): string {
  const { state } = run.work.tasks[id] ?? {}
  const kept = state?.status === 'failed' && state.head !== null
  return kept ? ` Its work is kept on ${code(taskBranch(run.run, id))}.` : ''
}

function unapproved({ work }: ActiveRun, standings: Standings): string[] {
  const rest = standingAs(standings, 'not approved')
  if (rest.length === 0) return []
  return [
    `${code(`/approve ${shortPlanId(work.planId)}`)} approves the rest too: ${codes(rest.slice(0, 12))}${rest.length > 12 ? ', …' : ''}.`,
  ]
}

function ended(run: LiveRun & { phase: 'ended' }): string[] {
  const pull = pullOf(run, 'trunk')
  switch (run.conclusion) {
    case 'success':
      return [
        pull === null
          ? `Open a pull request of ${code(trunkBranch(run.run))} and merge it.`
          : `Look at ${pull} and merge it.`,
      ]
    case 'merged':
      return []
    case 'refused':
      return ['Edit the plan in the issue, then type `/plan`.']
    default:
      return [`\`/plan\` on issue #${issueOf(run.run)} begins a new run.`]
  }
}
