import { z } from 'zod'
import { taskFailureSchema } from '../failure.ts'
import { type RunId, runIdSchema, shaSchema, taskIdSchema } from '../ids.ts'
import { err, ok, type Result } from '../result.ts'
import { baselineChecksSchema } from '../run/baseline.ts'
import { reportSchema } from '../run/report.ts'
import type { SlotTask } from './assignment.ts'

export const RESULT_FILE = 'result.json'
export const BUNDLE_FILE = 'work.bundle'
/** Takes the place of the task id in a result's name; a reserved task id. */
export const VERIFY_TASK = 'verify'
/** The same for a baseline, whose attempt is the version of the plan. */
export const BASELINE_TASK = 'baseline'
/** The same for the program of `plan.command`. */
export const PLAN_TASK = 'plan'

/** Characters of a plan that a program prints. */
export const LONGEST_PLAN = 400_000

const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), head: shaSchema, tree: shaSchema, report: reportSchema }),
  z.strictObject({
    kind: z.literal('failed'),
    failure: taskFailureSchema,
    /** The attempt's work, so that its branch can keep it; null if there is none. */
    head: shaSchema.nullable(),
    tree: shaSchema.nullable(),
    report: reportSchema,
  }),
  z.strictObject({ kind: z.literal('verified'), on: shaSchema, report: reportSchema }),
  z.strictObject({
    kind: z.literal('verification-failed'),
    on: shaSchema,
    failure: taskFailureSchema,
    report: reportSchema,
  }),
  z.strictObject({ kind: z.literal('baseline'), checks: baselineChecksSchema, report: reportSchema }),
  z.strictObject({ kind: z.literal('planned'), text: z.string().max(LONGEST_PLAN), report: reportSchema }),
])
export type AttemptOutcome = z.infer<typeof outcomeSchema>

/** The result that a slot uploads. Untrusted, since a slot has run code of the repository. */
export const resultFileSchema = z.strictObject({
  version: z.literal(1),
  run: runIdSchema,
  /** `verify` for a verification, `baseline` for a baseline, `plan` for a plan. */
  task: taskIdSchema,
  attempt: z.int().min(1),
  /** The commit that the work started from, or the verified commit. */
  base: shaSchema,
  outcome: outcomeSchema,
  slot: z.string().min(1).max(100),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
})
export type ResultFile = z.infer<typeof resultFileSchema>

/** How the error begins with which a slot ends that could not hand over its work in any way. */
export const NOT_HANDED_OVER = 'not handed over: '

const MOST_CHARACTERS = 1_000_000

/** Parses a result; the error is the detail of a failure `result-unreadable`. */
export function parseResultFile(text: string): Result<ResultFile, string> {
  if (text.length > MOST_CHARACTERS) return err(`${RESULT_FILE} has ${text.length} characters`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return err(`${RESULT_FILE} is not JSON`)
  }
  const parsed = resultFileSchema.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return err(`${RESULT_FILE}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'not of the right form'}`)
}

export interface ResultKey {
  run: RunId
  task: string
  attempt: number
}

export const resultName = (run: RunId, task: string, attempt: number): string => `tributary-${run}-${task}-${attempt}`

/** The artifact of an agent's transcript, for people. `parseResultName` returns null for it. */
export const transcriptName = (result: string): string => `${result}-transcript`
export const TRANSCRIPT_FILE = 'transcript.jsonl'
/** Where it grows meanwhile, in the scratch folder of the slot's job: for a hub that runs the job on the same machine. */
export const growingTranscript = (result: string): string => `${transcriptName(result)}.jsonl`

const NAMES = { verify: VERIFY_TASK, baseline: BASELINE_TASK, plan: PLAN_TASK } as const

export const resultKeyOf = (run: RunId, assignment: SlotTask): ResultKey => ({
  run,
  task: assignment.kind === 'task' ? assignment.task : NAMES[assignment.kind],
  attempt: assignment.attempt,
})

/** Unambiguous, since a task's id starts with a letter and a run's has none. */
export function parseResultName(name: string): ResultKey | null {
  const match = /^tributary-([0-9]+(?:-[0-9]+)?)-([a-z][a-z0-9-]*)-([1-9][0-9]{0,5})$/.exec(name)
  const [, run, task, attempt] = match ?? []
  if (!runIdSchema.safeParse(run).success || !taskIdSchema.safeParse(task).success) return null
  return run === undefined || task === undefined ? null : { run, task, attempt: Number(attempt) }
}
