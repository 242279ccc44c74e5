import type { TaskId } from '../ids.ts'
import { reservedUsd, spentUsd } from '../money/ledger.ts'
import { err } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import { isApproved, placeOf, taskOf } from '../run/lookup.ts'
import type { EndedRun, LiveRun, RunState } from '../run/state.ts'
import { taskIdsWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { planWaitsForMoney } from '../schedule/planning-stages.ts'
import { askersOf, mayApprove, mayCommand } from './authority.ts'
import { decideApproval } from './decide-approval.ts'
import { decideAnswer, decidePlanOff, decideRevise, isPastGate } from './decide-planning.ts'
import { decideOnTask, decideReopen, decideSteer, VERIFICATION } from './decide-task.ts'
import { type CommandFacts, type CommandRequest, type DecisionResult, done, stampOf } from './decision.ts'
import type { Command } from './grammar.ts'

/** Decides a command on an existing run: events and an answer, or a failure. `/plan`, which creates runs, has `decidePlan`. */
export function decide(state: RunState, asked: CommandRequest): DecisionResult {
  const { command, person, settings } = asked
  if (command.name === 'help') return done({ code: 'help' })
  if (state.phase === 'empty') return err({ reason: 'no-run', issue: asked.issue })
  if (command.name === 'status' || command.name === 'plan-status') return done({ code: command.name, run: state.run })
  const allowed = approves(state, command)
    ? mayApprove(person, settings, askersOf(state))
    : mayCommand(person, settings)
  if (!allowed.ok) return allowed
  if (state.seen.includes(asked.key))
    return done({ code: 'already-done', run: state.run, detail: 'This comment was acted on before.' })
  if (state.phase === 'ended') return decideEnded(state, command, asked)
  return decideLive(state, command, asked)
}

const decideEnded = (state: EndedRun, command: Acting, asked: CommandFacts): DecisionResult =>
  state.conclusion === 'success' && command.name === 'retry' && command.task === VERIFICATION
    ? decideReopen(state, asked)
    : err({ reason: 'run-ended', run: state.run, conclusion: state.conclusion })

/** Commands that need the right to approve. */
const APPROVING: readonly Command['name'][] = ['approve', 'reject', 'plan-off', 'budget']

/** Whether the command gives an approval, or goes round one that is waited for. */
function approves(state: LiveRun, command: Acting): boolean {
  if (APPROVING.includes(command.name)) return true
  if (state.phase !== 'active') return false
  if (command.name === 'resume') return state.work.baseSeen.stale
  return command.name === 'skip' && needsApproval(state.work, command.task)
}

/** A gate, or a task outside of the approved part. */
const needsApproval = (work: Work, id: TaskId): boolean =>
  placeOf(work, id) >= 0 && (taskOf(work, id).kind === 'gate' || !isApproved(work, id))

type Acting = Exclude<Command, { name: 'help' | 'status' | 'plan-status' }>

function decideLive(state: LiveRun, command: Acting, asked: CommandFacts): DecisionResult {
  switch (command.name) {
    case 'approve':
      return decideApproval(state, { ...asked, command })
    case 'reject':
      return decideReject(state, { ...asked, command })
    case 'revise':
      return decideRevise(state, { ...asked, command })
    case 'answer':
      return decideAnswer(state, { ...asked, command })
    case 'plan-off':
      return decidePlanOff(state, asked)
    case 'budget':
      return decideBudget(state, { ...asked, command })
    case 'steer':
      return decideSteer(state, { ...asked, command })
    case 'retry':
    case 'skip':
      return decideOnTask(state, { ...asked, command })
    case 'cancel':
      return command.task === null
        ? decideCancel(state, command.why, asked)
        : decideOnTask(state, { ...asked, command })
    case 'pause':
      return decidePause(state, asked)
    case 'resume':
      return decideResume(state, asked)
    case 'plan':
      return err({ reason: 'run-is-live', run: state.run, phase: state.phase })
  }
}

function decideReject(state: LiveRun, asked: CommandRequest<'reject'>): DecisionResult {
  if (isPastGate(state))
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'The plan is approved already; `/cancel` stops the run.',
    })
  return done(
    { code: 'rejected', run: state.run, begun: state.phase === 'active' },
    { type: 'plan_rejected', ...stampOf(asked), why: asked.command.why },
  )
}

function decideCancel(state: LiveRun, why: string, asked: CommandFacts): DecisionResult {
  const landed = state.phase === 'active' ? taskIdsWithStatus(state.work, 'landed') : []
  return done({ code: 'cancelled', run: state.run, landed }, { type: 'run_cancelled', ...stampOf(asked), why })
}

function decidePause(state: LiveRun, asked: CommandFacts): DecisionResult {
  if (state.phase !== 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'Only a run at work can be paused.',
    })
  if (state.paused !== null) return done({ code: 'already-done', run: state.run, detail: 'The run is paused.' })
  return done(
    { code: 'paused', run: state.run, running: taskIdsWithStatus(state.work, 'in_progress') },
    { type: 'run_paused', ...stampOf(asked), why: `by @${asked.person.login}` },
  )
}

function decideResume(state: LiveRun, asked: CommandFacts): DecisionResult {
  if (state.phase !== 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'Only a paused run can be resumed.',
    })
  if (state.paused === null) return done({ code: 'already-done', run: state.run, detail: 'The run is not paused.' })
  // Else the next wake-up would find them there and pause again.
  const still = state.paused.moved?.filter(({ branch, sha }) => asked.branches.get(branch) === sha) ?? []
  if (still.length > 0) return err({ reason: 'branches-moved', run: state.run, moved: still })
  return done({ code: 'resumed', run: state.run }, { type: 'run_resumed', ...stampOf(asked) })
}

/** `/budget 8usd`: a new limit for this run; resumes a run that was paused at the old one. */
function decideBudget(state: LiveRun, asked: CommandRequest<'budget'>): DecisionResult {
  const { run, ledger } = state
  const { usd } = asked.command
  const spent = spentUsd(ledger)
  const aside = reservedUsd(ledger)
  const least = leastOf(spent, aside)
  if (usd < least) return err({ reason: 'budget-too-low', usd, spent, aside, least })
  if (usd === ledger.limit) return done({ code: 'already-done', run, detail: 'This is the limit of the run.' })
  const isPaused = state.phase === 'active' && state.paused?.cause === 'budget'
  const events: RunEvent[] = [{ type: 'budget_set', ...stampOf(asked), usd }]
  if (isPaused) events.push({ type: 'run_resumed', ...stampOf(asked) })
  const after = { ...state, ledger: { ...ledger, limit: usd } }
  const resumed = isPaused || (planWaitsForMoney(state) && !planWaitsForMoney(after))
  return done({ code: 'budget-set', run, usd, spent, resumed }, ...events)
}

/** The smallest limit, in US dollars and whole cents: covers all spending and reservations, and is above the spending. */
function leastOf(spent: number, aside: number): number {
  const least = Math.ceil((spent + aside) * 100 - ROUNDING) / 100
  return least > spent ? least : least + 0.01
}

/** Tolerance for floating-point sums, in cents. */
const ROUNDING = 1e-6
