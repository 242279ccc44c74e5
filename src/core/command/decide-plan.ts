import type { Failure } from '../failure.ts'
import { type RunId, runIdOf } from '../ids.ts'
import type { Mode, PlanOptions } from '../plan/planning.ts'
import { err, ok, type Result } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import type { RunState } from '../run/state.ts'
import { mayApprove, mayCommand } from './authority.ts'
import type { CommandAnswer, CommandRequest } from './decision.ts'
import type { Command } from './grammar.ts'

export interface PlanDecision {
  run: RunId
  /** Whether the events begin a new journal. */
  fresh: boolean
  events: RunEvent[]
  answer: CommandAnswer
}

interface Latest {
  run: RunId | null
  state: RunState
  count: number
  issue: number
}

/** `/plan`: a new run of the issue, unless one is live. The event records the issue's text as of the comment. */
export function decidePlan(
  latest: Latest,
  asked: CommandRequest<'plan'>,
  issue: { title: string; body: string; isPull: boolean },
): Result<PlanDecision, Failure> {
  const allowed = mayCommand(asked.person, asked.settings)
  if (!allowed.ok) return allowed
  const { state } = latest
  if (state.phase !== 'empty' && latest.run !== null) {
    if (state.seen.includes(asked.key))
      return ok({ run: latest.run, fresh: false, events: [], answer: { code: 'plan-requested', run: latest.run } })
    if (state.phase !== 'ended') return err({ reason: 'run-is-live', run: latest.run, phase: state.phase })
  }
  const opening = mayOpen(asked)
  if (!opening.ok) return opening
  if (issue.isPull)
    return err({
      reason: 'bad-arguments',
      command: 'plan',
      detail: 'A plan is made for an issue, not on a pull request.',
      usage: `Comment \`/plan\` on issue #${latest.issue}.`,
    })
  const run = runIdOf(asked.issue, latest.count + 1)
  const requested: RunEvent = {
    type: 'plan_requested',
    at: asked.at,
    by: asked.person.login,
    key: asked.key,
    run,
    issue: asked.issue,
    title: issue.title,
    body: issue.body,
    words: asked.command.words,
    mayApprove: mayApprove(asked.person, asked.settings, [asked.person.login]).ok,
    ...optionsOf(asked.command),
  }
  return ok({ run, fresh: true, events: [requested], answer: { code: 'plan-requested', run } })
}

type PlanCommand = Extract<Command, { name: 'plan' }>

function optionsOf({ mode, budget, maxTasks, paths, base }: PlanCommand): { options?: PlanOptions } {
  const none = mode === null && budget === null && maxTasks === null && paths.length === 0 && base === null
  return none ? {} : { options: { mode, budget, maxTasks, paths: [...paths], ...(base !== null && { base }) } }
}

const OPENNESS: Readonly<Record<Mode, number>> = { strict: 0, soft: 1, off: 2 }

/** A more open mode or a larger budget than the settings' needs the right to approve, since it approves in advance. */
function mayOpen({ command, person, settings }: CommandRequest<'plan'>): Result<null, Failure> {
  const { mode, budget } = command
  const opens = mode !== null && OPENNESS[mode] > OPENNESS[settings.mode]
  return opens || (budget ?? 0) > settings.budget.usd ? mayApprove(person, settings, [person.login]) : ok(null)
}
