import type { TaskId } from '../../core/ids.ts'
import { budgetProblems } from '../../core/money/predicted-cost.ts'
import type { Task } from '../../core/plan/plan.ts'
import { isOneTooMany, type PlanningRules, taskProblems, wholeProblems } from '../../core/plan/plan-problems.ts'
import type { PlanDraft, Question } from '../../core/plan/planning.ts'
import { orderWrites } from '../../core/plan/write-order.ts'
import { quoted } from '../../core/text/quoted.ts'
import type { DesignRequest } from './design-request.ts'
import { headSchema, type PlanHead, type PlannedTask, planHeadOf, plannedTaskSchema, taskFrom } from './plan-schema.ts'
import type { PlanParts } from './plan-stream.ts'

type DraftRequest = Pick<DesignRequest, 'answers' | 'questionsAllowed' | 'fixed' | 'on'> & { input: PlanningRules }

/** Why no more of the answer is needed. */
type EarlyStop = { ok: true; ask: Question[] } | { ok: false; why: string }

interface PlanDraftBuilder extends PlanParts {
  /** The answer starts again, and may differ. */
  restart(): void
  /** The parts of the whole answer follow, once more. */
  reread(): void
  /** The answer is complete. */
  end(): void
  stopped(): EarlyStop | null
  /** Throws if there was no head. */
  result(): PlanDraft
}

/**
 * Builds a draft from the parts of a plan, and publishes each of them once. Calls `stop` as soon as the answer is of no
 * use.
 */
export function planDraftBuilder(request: DraftRequest, stop: () => void): PlanDraftBuilder {
  const { input, fixed, on } = request
  const publisher = oncePublisher()
  const empty = () => ({ head: null as PlanHead | null, tasks: incrementalPlan(fixed, input), isBroken: false })
  let current = empty()
  let isHeadPublished = false
  let stopped: EarlyStop | null = null
  /** Ignores all parts after an invalid one: the answer as a whole does not fit the schema and is requested again. */
  const accept = <Part>(parsed: { data?: Part }, add: (part: Part) => void) => {
    if (parsed.data === undefined) current.isBroken = true
    else if (stopped === null && !current.isBroken) add(parsed.data)
  }
  const addHead = (planned: PlanHead) => {
    const mayAsk = request.questionsAllowed && !isHeadPublished
    const { head, ask } = withOpenQuestions(planHeadOf(planned), request.answers, mayAsk)
    if (ask.length > 0) {
      // The call is not aborted: the cost of an aborted call is unknown.
      stopped = { ok: true, ask }
      return
    }
    current.head = head
    // A restarted answer may change the head: tasks do not depend on it, and people see it when the plan is proposed.
    if (!isHeadPublished) on.head(head)
    isHeadPublished = true
  }
  const addTask = (planned: PlannedTask) => {
    if (fixed.some(({ id }) => id === planned.id)) return
    const { task, notes, problems } = current.tasks.place(taskFrom(planned, input.settings))
    const part = { name: task.id, value: { task, notes, problems }, isFinal: problems.length === 0 }
    if (publisher.publish(part, () => on.task(task, notes, problems))) return
    stopped = { ok: false, why: CAME_OUT_DIFFERENTLY }
    stop()
  }
  const startOver = () => {
    publisher.restart()
    current = empty()
  }
  return {
    stopped: () => stopped,
    result: () => draftOf(current.head, current.tasks, input),
    reread: startOver,
    restart() {
      if (stopped?.ok) stopped = null
      if (on.restart !== undefined) {
        publisher.withdrawAll()
        isHeadPublished = false
        on.restart()
      }
      startOver()
    },
    end() {
      if (stopped === null && !publisher.isComplete()) stopped = { ok: false, why: CAME_OUT_DIFFERENTLY }
    },
    head: (value) => accept(headSchema.safeParse(value), addHead),
    task: (value) => accept(plannedTaskSchema.safeParse(value), addTask),
  }
}

const CAME_OUT_DIFFERENTLY = 'the answer began again, and tasks that were recorded already came out differently'

/** Open questions are asked, or, if the model may not ask, become assumptions that people see. */
function withOpenQuestions(
  head: PlanHead,
  answers: DraftRequest['answers'],
  mayAsk: boolean,
): { head: PlanHead; ask: Question[] } {
  const open = head.questions.filter(({ id }) => !answers.some(({ question }) => question === id))
  const assumptions = [...head.assumptions, ...open.map((it) => `${it.question} ${it.default}`)]
  return { head: { ...head, questions: [], assumptions }, ask: mayAsk ? open : [] }
}

function draftOf(head: PlanHead | null, tasks: IncrementalPlan, { settings, known }: PlanningRules): PlanDraft {
  if (head === null) throw new Error('a draft without a head')
  const plan = { ...head, tasks: tasks.all() }
  const budget = budgetProblems(plan, settings)
  const problems = [...wholeProblems(plan, settings, known), ...tasks.problems(), ...budget.problems]
  return { plan, notes: [...tasks.notes(), ...budget.notes], problems: [...new Set(problems)] }
}

/** Publishes each part once, in order, however often the text that holds the parts starts again. */
interface OncePublisher {
  /**
   * `name`: if it occurs twice in a text, these are two parts. `isFinal`: others depend on the part once it is published.
   * Returns false if a different final part was published under the name.
   */
  publish(part: { name: string; value: unknown; isFinal: boolean }, send: () => void): boolean
  /** The same text follows once more, or another one instead. */
  restart(): void
  withdrawAll(): void
  /** Whether the text held all final parts. */
  isComplete(): boolean
}

function oncePublisher(): OncePublisher {
  const published = new Map<string, { text: string; isFinal: boolean }>()
  const seen = new Set<string>()
  const unseenKey = (name: string, count = 1): string =>
    seen.has(`${name} ${count}`) ? unseenKey(name, count + 1) : `${name} ${count}`
  return {
    restart: () => seen.clear(),
    withdrawAll() {
      seen.clear()
      published.clear()
    },
    isComplete: () => [...published].every(([key, { isFinal }]) => !isFinal || seen.has(key)),
    publish({ name, value, isFinal }, send) {
      const key = unseenKey(name)
      seen.add(key)
      const text = JSON.stringify(value)
      const before = published.get(key)
      if (before?.isFinal) return before.text === text
      if (before?.text === text) return true
      published.set(key, { text, isFinal })
      send()
      return true
    },
  }
}

/** A task in its place after those before it. `problems` also name the needs that keep it from starting. */
interface PlacedTask {
  task: Task
  notes: string[]
  problems: string[]
}

interface IncrementalPlan {
  place(task: Task): PlacedTask
  all(): Task[]
  /** Notes on the placed tasks. */
  notes(): string[]
  /** Problems of the placed tasks themselves, without those of their needs. */
  problems(): string[]
}

/**
 * Checks tasks one by one, each with the sound ones before it. A task that may write a path of an earlier one waits for
 * it.
 */
function incrementalPlan(fixed: readonly Task[], rules: PlanningRules): IncrementalPlan {
  const sound: Task[] = [...fixed]
  const all: Task[] = [...fixed]
  const unsound = new Set<TaskId>()
  const found = { notes: [] as string[], problems: [] as string[] }
  return {
    all: () => all,
    notes: () => found.notes,
    problems: () => found.problems,
    place(task) {
      const unsoundNeeds = task.needs.filter((need) => unsound.has(need))
      const needs = task.needs.filter((need) => !unsound.has(need))
      const problems = taskProblems(sound, { ...task, needs }, rules)
      found.problems.push(...problems)
      const blockers = [
        ...unsoundNeeds.map((need) => `${quoted(task.id)} needs ${quoted(need)}, which has problems of its own.`),
        ...(isOneTooMany(sound, rules) ? [`${quoted(task.id)} is one task more than the plan may have.`] : []),
      ]
      if (problems.length + blockers.length > 0) {
        unsound.add(task.id)
        all.push(task)
        return { task, notes: [], problems: [...problems, ...blockers] }
      }
      const ordered = orderWrites([...sound, task])
      const placed = ordered.tasks.at(-1) ?? task
      sound.push(placed)
      all.push(placed)
      found.notes.push(...ordered.notes)
      return { task: placed, notes: ordered.notes, problems: [] }
    },
  }
}
