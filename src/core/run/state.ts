import { z } from 'zod'
import { problemSchema } from '../failure.ts'
import { runIdSchema, shaSchema } from '../ids.ts'
import { ledgerSchema } from '../money/ledger.ts'
import { planningSchema, planOptionsSchema } from '../plan/planning.ts'
import { defaultSettings, type Settings } from '../settings.ts'
import { runEventSchema } from './event.ts'
import { movedBranchSchema, refusableSchema, slotFailureSchema } from './report.ts'
import { stageFailuresSchema } from './stage-failures.ts'
import { type Work, workSchema } from './work.ts'

const headerShape = {
  run: runIdSchema,
  issue: z.strictObject({ number: z.int(), title: z.string(), body: z.string() }),
  /** The words after `/plan --`. */
  words: z.string(),
  options: planOptionsSchema,
  /** Null if the plan is handwritten, or planning has not begun. */
  planning: planningSchema.nullable(),
  ledger: ledgerSchema,
  /** Why stages of the planner failed, by key. */
  failedStages: z.record(z.string(), z.string()),
  setbacks: stageFailuresSchema,
  askedBy: z.string(),
  /** Whether that person may approve the plan. */
  askerMayApprove: z.boolean().optional(),
  askedAt: z.string(),
  /** Idempotency keys of external causes. */
  seen: z.array(z.string()),
  orchestrator: z.strictObject({ workflowRun: z.int(), at: z.string(), started: z.boolean() }).nullable(),
  /** Orchestrators lost since the run last made progress. */
  crashes: z.int(),
  /** Why the last one failed, if it could say so. */
  crash: z.string().optional(),
  /** An orchestrator was lost, and none has left in order since: it may have shown more than the journal holds. */
  lost: z.literal(true).optional(),
  slots: z.record(
    z.string(),
    z.strictObject({
      count: z.int(),
      workflowRun: z.int().nullable(),
      at: z.string(),
      gone: z.boolean(),
      /** Since a person last resumed the run. */
      failure: slotFailureSchema.optional(),
    }),
  ),
  /** The ids of projections by name: `comment:plan`, `pull:t3`, `check:t3@<sha>`. */
  projected: z.record(z.string(), z.strictObject({ number: z.int(), node: z.string(), digest: z.string() })),
  pullRefused: z.string().nullable(),
  /** When the platform's limit of requests ends. */
  limitedUntil: z.string().nullish(),
  /** Since when the planner waits for the model, and the words of its service. */
  modelBusy: z.strictObject({ since: z.string(), why: z.string() }).nullish(),
  /** The platform's words, by what it refuses. */
  refused: z.partialRecord(refusableSchema, z.string()).optional(),
}

export const conclusionSchema = z.enum(['success', 'cancelled', 'rejected', 'refused', 'merged', 'closed'])
export type Conclusion = z.infer<typeof conclusionSchema>

export const runStateSchema = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('empty') }),
  z.strictObject({ phase: z.literal('requested'), ...headerShape }),
  z.strictObject({ phase: z.literal('proposed'), ...headerShape, work: workSchema }),
  z.strictObject({
    phase: z.literal('active'),
    ...headerShape,
    work: workSchema,
    paused: z
      .strictObject({
        why: z.string(),
        by: z.string(),
        cause: z.enum(['budget', 'refused', 'branches']).nullable(),
        moved: z.array(movedBranchSchema).optional(),
        /** Absent in journals of before. */
        since: z.string().optional(),
      })
      .nullable(),
  }),
  z.strictObject({
    phase: z.literal('ended'),
    ...headerShape,
    work: workSchema.nullable(),
    conclusion: conclusionSchema,
    why: z.string(),
    problems: z.array(problemSchema),
    endedAt: z.string(),
    /** The head with which the final pull request was closed. */
    head: shaSchema.optional(),
  }),
])
export type RunState = z.infer<typeof runStateSchema>
export type LiveRun = Exclude<RunState, { phase: 'empty' }>
export type ActiveRun = Extract<RunState, { phase: 'active' }>
export type ProposedRun = Extract<RunState, { phase: 'proposed' }>
export type EndedRun = Extract<RunState, { phase: 'ended' }>

export const emptyRun: RunState = { phase: 'empty' }

export const parseState = (text: string): RunState => runStateSchema.parse(JSON.parse(text))
export const parseEvent = (text: string) => runEventSchema.parse(JSON.parse(text))

export const workOf = (state: RunState): Work | null =>
  state.phase === 'proposed' || state.phase === 'active' || state.phase === 'ended' ? state.work : null

/** The run's settings; the defaults before any were read. */
export const settingsOf = (state: LiveRun): Settings =>
  workOf(state)?.settings ?? state.planning?.settings ?? defaultSettings
