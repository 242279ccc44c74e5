import { design } from '../../../agent/planner/design.ts'
import type { DesignListener } from '../../../agent/planner/design-request.ts'
import type { PlanHead } from '../../../agent/planner/plan-schema.ts'
import { planIdOf } from '../../../core/plan/plan-id.ts'
import type { EventOf } from '../../../core/run/event.ts'
import { workOf } from '../../../core/run/state.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'
import { submitResult } from '../session/stage-runner.ts'
import { refusedTrunk, withTrunk } from './propose.ts'
import { keptComments } from './read-input.ts'
import { recordsEvents, type StageContext, type StageEnd } from './stage-context.ts'

/** Writes the plan. Each task is recorded as soon as it is complete, long before the last one is written. */
export async function designPlan(at: StageContext): Promise<StageEnd> {
  const { session, planning, input, metered, sources, signal } = at
  const work = workOf(session.state)
  const designed = await design(
    {
      metered,
      model: planning.settings.plan_model,
      sources,
      input,
      explorations: planning.explorations ?? [],
      questions: planning.questions,
      answers: planning.answers,
      questionsAllowed: planning.questions.length === 0,
      revisions: planning.revisions.map(({ words }) => words),
      previous: previousOf(at),
      fixed: work?.open === true ? work.plan.tasks : [],
      on: listener(at),
    },
    signal,
  )
  if (!designed.ok) return designed
  if ('ask' in designed) return recordsEvents({ type: 'questions_asked', questions: designed.ask })
  return recordsEvents({ type: 'plan_drafted', ...designed.draft })
}

/** What a second design starts from: the draft that the critique sent back, or the plan that a person wants changed. */
function previousOf({ session, planning }: StageContext) {
  if (planning.rejected !== null && planning.verdict !== null)
    return { plan: planning.rejected.plan, problems: planning.verdict.problems }
  const work = workOf(session.state)
  return work === null || work.open ? null : { plan: work.plan, problems: [] }
}

function listener({ session, stage, planning, input, signal }: StageContext): DesignListener {
  const comments = keptComments(input.comments)
  const submit = (into: (draft: Draft) => Promise<Draft> | Draft) =>
    submitResult(session.stageRunner, {
      stage: stage.key,
      last: false,
      into: (draft) => (signal.aborted ? draft : into(draft)),
    })
  const { redact } = session.deps
  let latestHead: PlanHead | null = null
  let restarted = false
  const head: DesignListener['head'] = (written) => {
    const now = redactDeeply(written, redact)
    latestHead = now
    submit((draft) => begun(session, draft, now, comments))
  }
  const task: DesignListener['task'] = (written, notes, problems) => {
    if (problems.length > 0) return
    const event = {
      planned: redactDeeply(written, redact),
      notes: redactDeeply(notes, redact),
      ...(restarted && { anew: true as const }),
    }
    const head = latestHead
    restarted = false
    submit(async (draft) =>
      planned(session, head === null ? draft : await begun(session, draft, head, comments), event),
    )
  }
  if (planning.mode !== 'strict') return { task, head }
  const restart = () => {
    restarted = true
  }
  return { task, restart, head }
}

/**
 * Except in `strict`, the head of the plan opens the run, so that its first task can start. If the gate is switched off while
 * the plan is being written, it holds the tasks that were written by then.
 */
async function begun(
  session: Session,
  draft: Draft,
  head: PlanHead,
  comments: ReturnType<typeof keptComments>,
): Promise<Draft> {
  const { planning } = draft.state
  if (planning === null || planning.mode === 'strict' || draft.state.phase !== 'requested') return draft
  const refused = refusedTrunk(session, draft)
  if (refused !== null) return refused
  const plan = { ...head, tasks: planning.streamed }
  const planId = planIdOf({ ...planning, plan })
  const started = await withTrunk(session, draft, planning, planId, head.title)
  return recordEvents(started.draft, nowOf(session), {
    type: 'plan_begun',
    plan,
    planId,
    trunk: started.trunk,
    ...comments,
  })
}

type PlannedTask = Omit<EventOf<'task_planned'>, 'type' | 'at' | 'by' | 'key'>

const planned = (session: Session, draft: Draft, event: PlannedTask): Draft =>
  event.anew !== true && draft.state.planning?.streamed.some(({ id }) => id === event.planned.id)
    ? draft
    : recordEvents(draft, nowOf(session), { type: 'task_planned', ...event })
