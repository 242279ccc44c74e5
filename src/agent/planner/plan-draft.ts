import type { TaskId } from '../../core/ids.ts'
import type { Task } from '../../core/plan/plan.ts'
import type { PlanDraft, Question } from '../../core/plan/planning.ts'
import { orderWrites } from '../../core/plan/write-order.ts'
import type { Settings } from '../../core/settings.ts'
import { quoted } from '../../core/text/quoted.ts'
import type { DesignRequest } from './design-request.ts'
import { budgetWords, isOneTooMany, type Rules, taskProblems, wholeProblems } from './plan-problems.ts'
import { headSchema, type PlanHead, type PlannedTask, planHeadOf, plannedTaskSchema, taskFrom } from './plan-schema.ts'
import type { PlanParts } from './plan-stream.ts'

type Drafting = Pick<DesignRequest, 'input' | 'answers' | 'questionsAllowed' | 'fixed' | 'on'>

/** Why the rest of the plan is not waited for. */
type Stop = { ok: true; ask: Question[] } | { ok: false; why: string }

interface Pen extends PlanParts {
  /** The answer begins anew: another one is to be expected. */
  restart(): void
  /** The whole answer comes once more. */
  reread(): void
  /** The answer is over. */
  end(): void
  stopped(): Stop | null
  draft(): PlanDraft
}

/** Makes a draft of a plan's parts as they come, and tells of each of them once. `stop` is called as soon as no more is wanted. */
export function drafting(asked: Drafting, stop: () => void): Pen {
  const { input, fixed, on } = asked
  const told = telling()
  const empty = () => ({ head: null as PlanHead | null, page: incrementalPlan(fixed, input), broken: false })
  let now = empty()
  let isBegun = false
  let stopped: Stop | null = null
  const end = (why: Stop) => {
    stopped = why
    stop()
  }
  /** What comes behind a part that cannot be read is not told: the whole will be asked for again. */
  const takes = <Part>(read: { data?: Part }, take: (part: Part) => void) => {
    if (read.data === undefined) now.broken = true
    else if (stopped === null && !now.broken) take(read.data)
  }
  const takeHead = (read: PlanHead) => {
    const { head, ask } = settled(planHeadOf(read), isBegun ? { ...asked, questionsAllowed: false } : asked)
    if (ask.length > 0) {
      // The rest is heard out, not broken off: of a call that is, nobody says what it has cost.
      stopped = { ok: true, ask }
      return
    }
    now.head = head
    // Its words may change until the plan is proposed: tasks stand behind it, not on it.
    if (!isBegun) on.head(head)
    isBegun = true
  }
  const takeTask = (read: PlannedTask) => {
    if (fixed.some(({ id }) => id === read.id)) return
    const { task, notes, problems } = now.page.place(taskFrom(read, input.settings))
    const part = { name: task.id, value: { task, notes, problems }, holds: problems.length === 0 }
    if (!told.tell(part, () => on.task(task, notes, problems))) end({ ok: false, why: CAME_OUT_DIFFERENTLY })
  }
  const begin = () => {
    told.restart()
    now = empty()
  }
  return {
    stopped: () => stopped,
    draft: () => draftOf(now.head, now.page, input.settings),
    reread: begin,
    restart() {
      if (stopped?.ok) stopped = null
      if (on.restart !== undefined) {
        told.forget()
        isBegun = false
        on.restart()
      }
      begin()
    },
    end() {
      if (stopped === null && !told.isWhole()) stopped = { ok: false, why: CAME_OUT_DIFFERENTLY }
    },
    head: (value) => takes(headSchema.safeParse(value), takeHead),
    task: (value) => takes(plannedTaskSchema.safeParse(value), takeTask),
  }
}

const CAME_OUT_DIFFERENTLY = 'the answer began anew, and tasks that were recorded already came out differently'

/** What is still open is asked, or, where nobody is asked any more, taken for granted where people see it. */
function settled(head: PlanHead, { answers, questionsAllowed }: Drafting): { head: PlanHead; ask: Question[] } {
  const open = head.questions.filter(({ id }) => !answers.some(({ question }) => question === id))
  const assumptions = [...head.assumptions, ...open.map((it) => `${it.question} ${it.default}`)]
  return { head: { ...head, questions: [], assumptions }, ask: questionsAllowed ? open : [] }
}

function draftOf(head: PlanHead | null, page: IncrementalPlan, settings: Settings): PlanDraft {
  if (head === null) throw new Error('a draft without a head')
  const plan = { ...head, tasks: page.tasks() }
  const money = budgetWords(plan, settings)
  const problems = [...wholeProblems(plan, settings), ...page.problems(), ...money.problems]
  return { plan, notes: [...page.notes(), ...money.notes], problems: [...new Set(problems)] }
}

/** Tells each part once, in order, however often the text that holds them begins anew. */
interface Telling {
  /**
   * A part under its name; one that comes twice in a text is two. False: another one was told under this name, and holds.
   * `holds`: somebody builds on it from now on.
   */
  tell(part: { name: string; value: unknown; holds: boolean }, say: () => void): boolean
  /** The same text comes once more, or another one in its place. */
  restart(): void
  /** All that was told is taken back. */
  forget(): void
  /** Everything that holds was in the text. */
  isWhole(): boolean
}

function telling(): Telling {
  const told = new Map<string, { text: string; holds: boolean }>()
  const seen = new Set<string>()
  const fresh = (name: string, count = 1): string =>
    seen.has(`${name} ${count}`) ? fresh(name, count + 1) : `${name} ${count}`
  return {
    restart: () => seen.clear(),
    forget() {
      seen.clear()
      told.clear()
    },
    isWhole: () => [...told].every(([key, { holds }]) => !holds || seen.has(key)),
    tell({ name, value, holds }, say) {
      const key = fresh(name)
      seen.add(key)
      const text = JSON.stringify(value)
      const before = told.get(key)
      if (before?.holds) return before.text === text
      if (before?.text === text) return true
      told.set(key, { text, holds })
      say()
      return true
    },
  }
}

/** A task as it was placed behind those before it. `problems` also name what keeps it from starting for another's sake. */
interface PlacedTask {
  task: Task
  notes: string[]
  problems: string[]
}

interface IncrementalPlan {
  place(task: Task): PlacedTask
  tasks(): Task[]
  /** Of the tasks that were placed, each told once. */
  notes(): string[]
  problems(): string[]
}

/**
 * Takes in a plan's tasks one by one, as they are written. Each is held to the rules and to the tasks before it; one that
 * could write a path of an earlier one waits for it.
 */
function incrementalPlan(fixed: readonly Task[], rules: Rules): IncrementalPlan {
  const sound: Task[] = [...fixed]
  const all: Task[] = [...fixed]
  const unsound = new Set<TaskId>()
  const told = { notes: [] as string[], problems: [] as string[] }
  return {
    tasks: () => all,
    notes: () => told.notes,
    problems: () => told.problems,
    place(task) {
      const waits = task.needs.filter((need) => unsound.has(need))
      const needs = task.needs.filter((need) => !unsound.has(need))
      const problems = taskProblems(sound, { ...task, needs }, rules)
      told.problems.push(...problems)
      const because = [
        ...waits.map((need) => `${quoted(task.id)} needs ${quoted(need)}, which has problems of its own.`),
        ...(isOneTooMany(sound, rules) ? [`${quoted(task.id)} is one task more than the plan may have.`] : []),
      ]
      if (problems.length + because.length > 0) {
        unsound.add(task.id)
        all.push(task)
        return { task, notes: [], problems: [...problems, ...because] }
      }
      const ordered = orderWrites([...sound, task])
      const last = ordered.tasks.at(-1) ?? task
      sound.push(last)
      all.push(last)
      told.notes.push(...ordered.notes)
      return { task: last, notes: ordered.notes, problems: [] }
    },
  }
}
