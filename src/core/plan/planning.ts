import { z } from 'zod'
import { shaSchema, type TaskId } from '../ids.ts'
import { type Settings, settingsSchema } from '../settings.ts'
import { planSchema, taskSchema } from './plan.ts'

export const modeSchema = z.enum(['strict', 'soft', 'off'])
/**
 * `strict`: no task, no agent and no write before the approval. `soft`: nothing lands on trunk before it. `off`: the final pull request
 * is the gate.
 */
export type Mode = z.infer<typeof modeSchema>

/** The options of `/plan`. */
export const planOptionsSchema = z.strictObject({
  mode: modeSchema.nullable(),
  budget: z.number().positive().nullable(),
  maxTasks: z.int().positive().nullable(),
  paths: z.array(z.string()),
  /** The branch that it is made for; absent: the default branch. */
  base: z.string().optional(),
})
export type PlanOptions = z.infer<typeof planOptionsSchema>
export const noOptions: PlanOptions = { mode: null, budget: null, maxTasks: null, paths: [] }

/** The command's options are part of the settings that the plan rests on, and so of the plan's id. */
export function withOptions(settings: Settings, { budget, maxTasks, mode }: PlanOptions): Settings {
  return {
    ...settings,
    mode: mode ?? settings.mode,
    budget: { ...settings.budget, usd: budget ?? settings.budget.usd },
    limits: { ...settings.limits, tasks: Math.min(settings.limits.tasks, maxTasks ?? settings.limits.tasks) },
  }
}

/** The report of an explore agent. */
export const explorationSchema = z.strictObject({
  area: z.string(),
  summary: z.string(),
  findings: z.array(z.strictObject({ path: z.string(), symbols: z.array(z.string()), note: z.string() })),
  conventions: z.array(z.string()),
  commands: z.array(z.string()),
  unknowns: z.array(z.string()),
})
export type Exploration = z.infer<typeof explorationSchema>

export const questionSchema = planSchema.shape.questions.element
export type Question = z.infer<typeof questionSchema>

/**
 * `words` is the answer: the text of the chosen option, or the person's own. `chosen` is the option's letter, if one was
 * named.
 */
export const answerSchema = z.strictObject({
  question: z.string(),
  chosen: z.string().nullable(),
  words: z.string(),
  by: z.string(),
})
export type PlanAnswer = z.infer<typeof answerSchema>

/** A complete plan of the model after lint, not proposed yet. */
export const draftSchema = z.strictObject({
  plan: planSchema,
  notes: z.array(z.string()),
  /** Problems that lint found and could not fix, as sentences. */
  problems: z.array(z.string()),
})
export type PlanDraft = z.infer<typeof draftSchema>

/** The result of the critique. `none`: no critic was available, and lint alone decides whether the draft is sent back. */
export const verdictSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('critic'), accepted: z.boolean(), problems: z.array(z.string()) }),
  z.strictObject({ of: z.literal('none'), accepted: z.boolean(), problems: z.array(z.string()), why: z.string() }),
])

/** The progress of planning by the model. Its base and settings are fixed by the first event. */
export const planningSchema = z.strictObject({
  base: shaSchema,
  baseBranch: z.string(),
  settings: settingsSchema,
  settingsBlob: z.string(),
  mode: modeSchema,
  explorations: z.array(explorationSchema).nullable(),
  questions: z.array(questionSchema),
  answers: z.array(answerSchema),
  /** Words of `/revise`, oldest first. */
  revisions: z.array(z.strictObject({ words: z.string(), by: z.string(), mayApprove: z.boolean().optional() })),
  /** Tasks of the streaming design so far (in `strict`, which has no `work` to hold them). */
  streamed: z.array(taskSchema),
  /** Number of drafts of this version of the plan. */
  designs: z.int(),
  draft: draftSchema.nullable(),
  /** The draft that the critique rejected, while the next one is written. */
  rejected: draftSchema.nullable(),
  verdict: verdictSchema.nullable(),
  /** The program of `plan.command`: its attempts, and those of them for this version. */
  command: z
    .strictObject({
      attempt: z.int(),
      tries: z.int(),
      /** Null if no slot runs it. */
      slot: z.string().nullable(),
      comments: z.array(z.string()),
      why: z.string().nullable(),
      /** The newest slots that were asked for it and never began. */
      request: z.string().optional(),
    })
    .optional(),
  /** The plan was proposed, and no revision was requested since: the planner has nothing to do. */
  settled: z.boolean(),
})
export type Planning = z.infer<typeof planningSchema>

/** A planner's stage, which runs beside the run's tasks: one model conversation, or up to three for `explore`. */
export type StageName = 'explore' | 'design' | 'critique' | 'scope' | 'expand' | 'replan' | 'review' | 'synthesis'
export interface Stage {
  name: StageName
  /** Unique in the run; money is reserved under it. A retried stage has another key. */
  key: string
  task: TaskId | null
}

export const unanswered = ({ questions, answers }: Planning): Question[] =>
  questions.filter(({ id }) => !answers.some((answer) => answer.question === id))
