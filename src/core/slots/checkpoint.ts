import { z } from 'zod'
import { type RunId, runIdSchema, type Sha, shaSchema, taskIdSchema } from '../ids.ts'
import { lastKnownSchema, type Spending } from '../money/usage.ts'
import { err, ok, type Result } from '../result.ts'
import { stepsSchema } from '../run/hand-off.ts'
import { type ResultKey, resultName } from './slot-result.ts'

/** Seconds between two checkpoints of an attempt: a slot that dies loses no more of its work. */
export const CHECKPOINT_SECONDS = 300

/** What a slot uploads of work in progress, beside a bundle of its one commit. Untrusted, as a result is. */
const checkpointFileSchema = z.strictObject({
  version: z.literal(1),
  run: runIdSchema,
  task: taskIdSchema,
  attempt: z.int().min(1),
  slot: z.string().min(1).max(100),
  head: shaSchema,
  steps: stepsSchema,
  /** What its agent had spent by then; none: another agent's money is not known here. */
  spending: lastKnownSchema.optional(),
})
export type CheckpointFile = z.infer<typeof checkpointFileSchema>

/** Work in progress that has passed the audit: the next attempt goes on from there. */
export interface KeptWork {
  head: Sha
  steps: string[]
  spending: readonly Spending[]
}

const MOST_CHARACTERS = 20_000

/** Parses a checkpoint; the error says why it is none. */
export function parseCheckpointFile(text: string): Result<CheckpointFile, string> {
  if (text.length > MOST_CHARACTERS) return err(`it has ${text.length} characters`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return err('it is not JSON')
  }
  const parsed = checkpointFileSchema.safeParse(json)
  return parsed.success ? ok(parsed.data) : err(parsed.error.issues[0]?.message ?? 'not of the right form')
}

/** The name of its artifact: no result and no other checkpoint of any task has it, since the number has no hyphen before it. */
export const checkpointName = ({ run, task, attempt }: ResultKey, number: number): string =>
  `${resultName(run, task, attempt)}-work${number}`

/** The attempt and number of the checkpoint of this name, with the `.2` or `.3` of a retried upload; null: it is none of the run. */
export function parseCheckpointName(
  name: string,
  run: RunId,
): { task: string; attempt: number; number: number } | null {
  const prefix = `tributary-${run}-`
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  const [, task, attempt, number] = /^(.+)-([1-9][0-9]{0,5})-work([1-9][0-9]{0,5})(?:\.[23])?$/.exec(rest) ?? []
  if (task === undefined || !taskIdSchema.safeParse(task).success) return null
  return { task, attempt: Number(attempt), number: Number(number) }
}
