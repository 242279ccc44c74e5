import type { PlanDraft, Question } from '../../core/planning.ts'
import type { Settings } from '../../core/settings.ts'
import { budgetWords } from './budget.ts'
import type { DesignRequest } from './design-request.ts'
import { headOf, headSchema, type PlanHead, type PlannedTask, plannedTaskSchema, taskOf } from './plan-schema.ts'
import type { PlanParts } from './plan-stream.ts'
import { type Sketch, sketch } from './sketch.ts'
import { wholeProblems } from './task-problems.ts'
import { telling } from './telling.ts'

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
  const empty = () => ({ head: null as PlanHead | null, page: sketch(fixed, input), broken: false })
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
    const { head, ask } = settled(headOf(read), isBegun ? { ...asked, questionsAllowed: false } : asked)
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
    const { task, notes, problems } = now.page.place(taskOf(read, input.settings))
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

function draftOf(head: PlanHead | null, page: Sketch, settings: Settings): PlanDraft {
  if (head === null) throw new Error('a draft without a head')
  const plan = { ...head, tasks: page.tasks() }
  const money = budgetWords(plan, settings)
  const problems = [...wholeProblems(plan, settings), ...page.problems(), ...money.problems]
  return { plan, notes: [...page.notes(), ...money.notes], problems: [...new Set(problems)] }
}
