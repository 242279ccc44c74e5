import { setImmediate } from 'node:timers/promises'
import type { TaskId } from '../../src/core/ids.ts'
import { noUsage } from '../../src/core/money/usage.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { replaceable } from '../../src/core/run/amend-plan.ts'
import { taskOf } from '../../src/core/run/lookup.ts'
import { workOf } from '../../src/core/run/state.ts'
import type { Work } from '../../src/core/run/work.ts'
import { startStages } from '../../src/jobs/orchestrate/planning/stages.ts'
import type { OrchestratorStep, Session } from '../../src/jobs/orchestrate/session/session.ts'
import { type Model, textOfBlocks } from '../../src/ports/model.ts'
import type { VirtualClock } from '../machine/clock.ts'
import type { Kind } from './draw.ts'

/** Milliseconds that a model needs to re-plan a part: a minute, assumed. */
const REPLANNING = 60_000

/**
 * Gives the run a planner's model. All that happens around its answers is what ships: when a new plan is asked for, the money
 * for it, what is wrong with an answer, how its tasks are named, what they replace, whether they may do what they say.
 */
export function employ(session: Session, clock: VirtualClock, kind: Kind): void {
  const { forge } = session.deps
  session.deps = {
    ...session.deps,
    forge: { ...forge, comments: async () => [] },
    model: planner(session, clock, kind),
  }
}

/** Begins the stages that the journal has money for, as the orchestrator does after a push, and lets them come as far as they can. */
export const atTheDesk: OrchestratorStep = async (session, draft) => {
  startStages(session)
  if (session.stageRunner.running.size > 0) await setImmediate()
  return draft
}

function planner(session: Session, clock: VirtualClock, kind: Kind): Model {
  return {
    async ask({ turns }) {
      const asked = turns.map(({ blocks }) => textOfBlocks(blocks)).join('\n')
      const failed = /^The failed task, (\S+), and those that wait for it:$/m.exec(asked)?.[1]
      const work = workOf(session.state)
      if (work === null) throw new Error('there is no plan to answer for')
      const answer = failed === undefined ? DESCRIPTION : planAnew(work, failed, kind)
      if (failed !== undefined) await new Promise<void>((done) => clock.after(REPLANNING, done))
      const blocks = [{ kind: 'text', text: JSON.stringify(answer) }] as const
      return { ok: true, stop: 'end', blocks, usage: noUsage, unsure: false }
    },
  }
}

/** What the run is asked at its end: what was done, in words. That takes no time here, with or without failures. */
const DESCRIPTION = { contradictions: [], title: 'A change', body: '' }

/** What a planner answers: two halves in the place of the task, or the task once more with all that waits for it. */
function planAnew(work: Work, failed: TaskId, kind: Kind) {
  const waiting = replaceable(work, failed).filter((id) => id !== failed)
  const task = taskOf(work, failed)
  const diagnosis = `${failed} cannot be done as it is planned`
  if (kind === 'split') return { diagnosis, keep: waiting, tasks: ['a', 'b'].map((half) => halfOf(task, half)) }
  return { diagnosis, keep: [], tasks: [task, ...waiting.map((id) => taskOf(work, id))].map(said) }
}

/** A task in the words of a model, which names no program of its own and no time. */
const said = ({ run: _run, timeout_minutes: _minutes, ...task }: Task) => task

const halfOf = (task: Task, half: string) => ({
  ...said(task),
  id: half,
  writes: task.writes.map((glob) => glob.replace(/\*\*$/, `${half}/**`)),
})
