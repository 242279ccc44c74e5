import type { TaskId } from '../ids.ts'
import { matches } from '../plan/glob.ts'
import { lintPlan } from '../plan/lint.ts'
import type { Plan, Task } from '../plan/plan.ts'
import { planIdOf } from '../plan/plan-id.ts'
import { err } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import { locatedPull } from '../run/projection-name.ts'
import { type LiveRun, type RunState, workOf } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { isOutsider, mayCommand } from './authority.ts'
import { type LineComment, type PullReview, reviewWords } from './decide-pull-review.ts'
import { type CommandFacts, type DecisionResult, done, stampOf } from './decision.ts'

interface FinalReview {
  review: PullReview
  lines: readonly LineComment[]
  /** Tasks whose landing last changed the commented lines, by comment. Absent: of the base, of people, or no longer known. */
  writers: LineWriters
}

export type LineWriters = ReadonlyMap<LineComment['id'], TaskId>

/**
 * Decides a review of the final pull request. A request for changes adds tasks to the plan, behind those that wrote the lines; they
 * wait for `/approve` of the plan that they make. Null: it is for people, and starts nothing. It never approves anything.
 */
export function decideFinalReview(state: RunState, asked: CommandFacts, on: FinalReview): DecisionResult | null {
  if (state.phase === 'empty' || state.seen.includes(asked.key) || isOutsider(asked.person)) return null
  if (on.review.verdict !== 'changes_requested') return null
  if (locatedPull(state, 'trunk')?.number !== on.review.pull) return null
  const allowed = mayCommand(asked.person, asked.settings)
  if (!allowed.ok) return allowed
  const work = workOf(state)
  if (state.phase === 'ended' && state.conclusion !== 'success')
    return err({ reason: 'run-ended', run: state.run, conclusion: state.conclusion })
  if (work === null || (state.phase !== 'active' && state.phase !== 'ended')) return err(tooEarly(state))
  return propose(state, work, asked, on)
}

const tooEarly = ({ run, phase }: LiveRun) => ({
  reason: 'wrong-phase' as const,
  run,
  phase,
  detail: 'Nothing of it is done yet: `/revise -- what to change` changes the plan.',
})

function propose(state: LiveRun, work: Work, asked: CommandFacts, on: FinalReview): DecisionResult {
  const { review } = on
  const { groups, unplaced } = grouped(work.plan, on)
  if (groups.size === 0 && review.body.trim() !== '') groups.set(null, [])
  const added = [...groups].map(([of, some]) => ({ ...fixFor(work.plan, of, reviewWords(review, some)), lines: some }))
  const left = { run: state.run, unplaced }
  if (added.length === 0) return done({ code: 'changes-proposed', ...left, tasks: [], planId: null })
  const tasks = added.map(({ task }) => task)
  const linted = lintPlan({ ...work.plan, tasks: [...work.plan.tasks, ...tasks] }, work.settings)
  const [problem] = linted.problems
  if (problem !== undefined) {
    const { run, phase } = state
    return err({ reason: 'wrong-phase', run, phase, detail: problem.message })
  }
  const planId = planIdOf({ ...work, plan: linted.plan })
  const stamp = stampOf(asked)
  const reopened: RunEvent[] = state.phase === 'ended' ? [{ type: 'run_reopened', at: stamp.at, by: stamp.by }] : []
  const threads = added.flatMap(({ task, lines: some }) => some.map(({ thread }) => ({ task: task.id, thread })))
  const amended: RunEvent = {
    type: 'plan_amended',
    ...stamp,
    cause: 'review',
    of: added[0]?.of ?? '',
    plan: linted.plan,
    planId,
    within: false,
    notes: linted.notes,
    threads,
  }
  const ids = tasks.map(({ id }) => id)
  const answer = { code: 'changes-proposed', ...left, tasks: ids, planId: work.mode === 'off' ? null : planId } as const
  return done(answer, ...reopened, amended)
}

/** Comments by the task that wrote their line or, if none did, the last one that may write their path; `unplaced`: paths that none may. */
function grouped({ tasks }: Plan, { lines, writers }: FinalReview) {
  const groups = new Map<TaskId | null, LineComment[]>()
  const unplaced = new Set<string>()
  for (const line of lines) {
    const wrote = tasks.find((task) => isWriter(task) && task.id === writers.get(line.id))
    const of = wrote ?? tasks.findLast((task) => isWriter(task) && matches(task.writes, line.path))
    if (of === undefined) unplaced.add(line.path)
    else groups.set(of.id, [...(groups.get(of.id) ?? []), line])
  }
  return { groups, unplaced: [...unplaced] }
}

const isWriter = ({ kind }: Task): boolean => kind === 'code' || kind === 'resolve'

/** A task that does what a review asks for: as the one behind which it stands; without one, behind all, in all that they write. */
function fixFor(plan: Plan, id: TaskId | null, words: string): { task: Task; of: TaskId } {
  const writers = plan.tasks.filter(isWriter)
  const of = writers.find((task) => task.id === id) ?? writers.at(-1)
  if (of === undefined) throw new Error('a finished plan has no task that writes')
  const behind = id === null ? writers : [of]
  const task: Task = {
    ...of,
    id: freshId(plan, id),
    title: `Changes requested in review${id === null ? '' : `: ${of.title}`}`.slice(0, 120),
    goal: words,
    context: `A person reviewed the finished change. What ${behind.map((one) => `\`${one.id}\``).join(', ')} did is there, and stays but for what the review asks for.`,
    needs: behind.map((one) => one.id),
    writes: [...new Set(behind.flatMap(({ writes }) => writes))],
    steps: [],
    expected_outcome: 'The review is answered, and the acceptance still passes.',
    out_of_scope: 'Anything that the review does not ask for.',
    risk: '',
    kind: 'code',
  }
  return { task, of: of.id }
}

const LONGEST_ID = 40

function freshId({ tasks }: Plan, of: TaskId | null): TaskId {
  const stem =
    of === null
      ? ''
      : `${of
          .replace(/-review-\d+$/, '')
          .slice(0, LONGEST_ID - 12)
          .replace(/-$/, '')}-`
  const taken = new Set(tasks.map(({ id }) => id))
  for (let n = 1; ; n += 1) {
    const id = `${stem}review-${n}`
    if (!taken.has(id)) return id
  }
}
