import { type Asked, type Asking, type Decided, done, stampOf } from './asked.ts'
import { mayApprove, mayCommand } from './authority.ts'
import { decideApproval } from './decide-approval.ts'
import { decideOnTask } from './decide-task.ts'
import { err } from './result.ts'
import { type LiveRun, type RunState, tasksWith } from './state.ts'

/** What a command on an existing run brings about: events, or the reason why not. `/plan` makes runs and is decided by its job. */
export function decide(state: RunState, asked: Asked): Decided {
  const { command, person, settings } = asked
  if (command.name === 'help') return done({ code: 'help' })
  if (state.phase === 'empty') return err({ reason: 'no-run', issue: asked.issue })
  if (command.name === 'status' || command.name === 'plan-status') return done({ code: 'status', run: state.run })
  const approving = command.name === 'approve' || command.name === 'reject'
  const allowed = approving ? mayApprove(person, settings, state.askedBy) : mayCommand(person, settings)
  if (!allowed.ok) return allowed
  if (state.seen.includes(asked.key))
    return done({ code: 'already-done', run: state.run, detail: 'This comment was acted on before.' })
  if (state.phase === 'ended') return err({ reason: 'run-ended', run: state.run, conclusion: state.conclusion })
  return decideLive(state, asked)
}

function decideLive(state: LiveRun, asked: Asked): Decided {
  const { command } = asked
  switch (command.name) {
    case 'approve':
      return decideApproval(state, { ...asked, command })
    case 'reject':
      return decideReject(state, { ...asked, command })
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
    default:
      return err({
        reason: 'not-yet-available',
        command: command.name,
        detail: 'Plans are written by hand in this version.',
      })
  }
}

function decideReject(state: LiveRun, asked: Asked<'reject'>): Decided {
  if (state.phase === 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: 'active',
      detail: 'The plan is approved already; `/cancel` stops the run.',
    })
  return done(
    { code: 'rejected', run: state.run },
    { type: 'plan_rejected', ...stampOf(asked), why: asked.command.why },
  )
}

function decideCancel(state: LiveRun, why: string, asked: Asking): Decided {
  const landed = state.phase === 'active' ? tasksWith(state.work, 'landed') : []
  return done({ code: 'cancelled', run: state.run, landed }, { type: 'run_cancelled', ...stampOf(asked), why })
}

function decidePause(state: LiveRun, asked: Asking): Decided {
  if (state.phase !== 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'Only a run at work can be paused.',
    })
  if (state.paused !== null) return done({ code: 'already-done', run: state.run, detail: 'The run is paused.' })
  return done(
    { code: 'paused', run: state.run, running: tasksWith(state.work, 'in_progress') },
    { type: 'run_paused', ...stampOf(asked), why: `by @${asked.person.login}` },
  )
}

function decideResume(state: LiveRun, asked: Asking): Decided {
  if (state.phase !== 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'Only a paused run can be resumed.',
    })
  if (state.paused === null) return done({ code: 'already-done', run: state.run, detail: 'The run is not paused.' })
  return done({ code: 'resumed', run: state.run }, { type: 'run_resumed', ...stampOf(asked) })
}
