import { findPlan, type PlanBlock, readPlanBlock, type WrittenPlan } from '../../config/hand-plan.ts'
import { type Problem, problem } from '../../core/failure.ts'
import { whyNoAgent } from '../../core/money/missing-model.ts'
import { budgetProblems } from '../../core/money/predicted-cost.ts'
import type { KnownBase } from '../../core/plan/known-base.ts'
import { pathNotes } from '../../core/plan/path-notes.ts'
import { isAgentTask, type Plan } from '../../core/plan/plan.ts'
import { planIdOf } from '../../core/plan/plan-id.ts'
import { judgeByHand, planTooLong } from '../../core/plan/plan-problems.ts'
import { ok, type Result } from '../../core/result.ts'
import { replay } from '../../core/run/evolve.ts'
import type { Settings } from '../../core/settings.ts'
import { planCanBeShown } from '../../render/plan/plan-comment.ts'
import { isPlanned } from '../../render/plan/planned-run.ts'
import { type CheckFinding, isProblem, noteAt, problemAt } from '../finding.ts'

interface PlanFile {
  name: string
  text: string
}

interface JudgedPlan {
  /** The plan as `/plan` would propose it; null: it would be refused. */
  plan: Plan | null
  findings: CheckFinding[]
}

/** The limit of GitHub for the text of an issue. */
const ISSUE_CHARACTERS = 65_536

/** All findings that `/plan` would report for a plan by hand. */
export function judgePlan(file: PlanFile, settings: Settings, known: KnownBase): JudgedPlan {
  const block = blockOf(file)
  if (!block.ok) return { plan: null, findings: [problemAt(file.name, null, block.error)] }
  const written = readPlanBlock(block.value, settings)
  if (!written.ok)
    return { plan: null, findings: written.error.map(({ line, problem }) => problemAt(file.name, line, problem)) }
  return judgeWritten(file, written.value, settings, known)
}

function judgeWritten(file: PlanFile, { plan, lineOf }: WrittenPlan, settings: Settings, known: KnownBase): JudgedPlan {
  const { problems, linted } = judgeByHand(plan, settings, known, [])
  const place = placer(plan, lineOf)
  const found = [...problems, ...wholeProblems(file, linted.plan, settings, linted.notes, problems)]
  const findings = [
    ...found.map((one) => problemAt(file.name, place(one), one)),
    ...linted.notes.map((note) => noteAt({ file: file.name }, `${note}.`)),
    ...agentNotes(file.name, plan, settings),
    ...(known.files === null ? [] : pathNotes(plan, [...known.files])).map((note) =>
      noteAt({ ...note, file: file.name, line: lineOf(note.path) }, note.message),
    ),
  ]
  return { plan: findings.some(isProblem) ? null : linted.plan, findings: sorted(findings) }
}

/** A text with a fenced block is an issue; any other is the block itself. */
function blockOf({ name, text }: PlanFile): Result<PlanBlock, Problem> {
  if (/\.(md|markdown)$/i.test(name) || FENCED.test(text)) return findPlan(text)
  return ok({ text: text.replace(/\r\n?/g, '\n'), above: 0 })
}

const FENCED = /^ {0,3}(?:`{3,}|~{3,})\s*tributary\b/im

/** Findings that need a plan in which every task is valid. */
function wholeProblems(
  { text }: PlanFile,
  plan: Plan,
  settings: Settings,
  notes: readonly string[],
  before: readonly Problem[],
): Problem[] {
  if (text.length > ISSUE_CHARACTERS)
    return [problem('too-long', `The text has ${text.length} characters, and an issue can have ${ISSUE_CHARACTERS}.`)]
  if (before.length > 0) return []
  const missing = whyNoAgent(plan, true, settings)
  if (missing !== null) return [missing]
  return canBeProposed(plan, settings, notes) ? [] : [planTooLong]
}

function agentNotes(file: string, plan: Plan, settings: Settings): CheckFinding[] {
  const agents = plan.tasks.filter(isAgentTask)
  if (agents.length === 0 || settings.worker.command.length > 0) return []
  const { notes, problems } = budgetProblems(plan, settings)
  return [
    noteAt(
      { file },
      `${agents.length === plan.tasks.length ? 'No task has' : `${agents.length} of ${plan.tasks.length} tasks have no`} \`run\`: agents work on them, which needs the secret \`ANTHROPIC_API_KEY\`.`,
    ),
    ...[...notes, ...problems].map((words) => noteAt({ file }, words)),
  ]
}

/** The line of a problem that the lint reports by task and field. */
function placer(plan: Plan, lineOf: WrittenPlan['lineOf']): (problem: Problem) => number | null {
  const doubled = new Map<string, number>()
  return ({ code, task, field }) => {
    if (task === null) return field === null ? null : lineOf([field])
    const places = plan.tasks.flatMap(({ id }, index) => (id === task ? [index] : []))
    const nth = (doubled.get(task) ?? 0) + 1
    if (code === 'duplicate-id') doubled.set(task, nth)
    const index = places[code === 'duplicate-id' ? nth : 0]
    return index === undefined ? null : lineOf(['tasks', index, ...(field === null ? [] : [field])])
  }
}

const sorted = (findings: readonly CheckFinding[]): CheckFinding[] =>
  findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))

/** Placeholders for values that are unknown before there is an issue, with their final length. */
const SHA = '0'.repeat(40)
const AT = '2026-01-01T00:00:00.000Z'

/** Whether a comment could show the plan, as `/plan` would ask: what no comment can hold, no person can approve. */
function canBeProposed(plan: Plan, settings: Settings, notes: readonly string[]): boolean {
  const planId = planIdOf({ plan, base: SHA, settingsBlob: SHA, settings })
  const state = replay([
    {
      type: 'plan_requested',
      at: AT,
      by: 'someone',
      key: 'comment:1',
      run: '1',
      issue: 1,
      title: plan.title,
      body: '',
      words: '',
    },
    {
      type: 'plan_proposed',
      at: AT,
      by: 'tributary',
      plan,
      planId,
      settings,
      notes: [...notes],
      mode: settings.mode,
      base: SHA,
      baseBranch: 'main',
      settingsBlob: SHA,
      trunk: SHA,
    },
  ])
  return state.phase !== 'empty' && isPlanned(state) && planCanBeShown(state)
}
