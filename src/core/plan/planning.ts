import { z } from 'zod'
import { shaSchema, type TaskId } from '../ids.ts'
import { settingsSchema } from '../settings.ts'
import { planSchema, taskSchema } from './plan.ts'

export const modeSchema = z.enum(['strict', 'soft', 'off'])
/** `strict`: nothing starts before the approval. `soft`: nothing lands on trunk before it. `off`: the final pull request is the gate. */
export type Mode = z.infer<typeof modeSchema>

/** What `/plan` was asked with. */
export const planOptionsSchema = z.strictObject({
  mode: modeSchema.nullable(),
  budget: z.number().positive().nullable(),
  maxTasks: z.int().positive().nullable(),
  paths: z.array(z.string()),
})
export type PlanOptions = z.infer<typeof planOptionsSchema>
export const noOptions: PlanOptions = { mode: null, budget: null, maxTasks: null, paths: [] }

/** What an explore agent found: text with paths and symbols that were looked up, not guessed. */
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

/** `words` is what counts: the text of the chosen option, or the person's own. `chosen` is the option's letter, where one was named. */
export const answerSchema = z.strictObject({
  question: z.string(),
  chosen: z.string().nullable(),
  words: z.string(),
  by: z.string(),
})
export type PlanAnswer = z.infer<typeof answerSchema>

/** A whole plan as the model wrote it and lint left it; not proposed yet. */
export const draftSchema = z.strictObject({
  plan: planSchema,
  notes: z.array(z.string()),
  /** What lint found and could not mend, as sentences. */
  problems: z.array(z.string()),
})
export type PlanDraft = z.infer<typeof draftSchema>

/** Of the second look at a draft. `none`: nobody could be had for it, and lint alone decides whether the draft goes back. */
export const verdictSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('critic'), accepted: z.boolean(), problems: z.array(z.string()) }),
  z.strictObject({ of: z.literal('none'), accepted: z.boolean(), problems: z.array(z.string()), why: z.string() }),
])

/** How far a plan by the model is. Frozen with the first event: the base and the settings that everything rests on. */
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
  revisions: z.array(z.strictObject({ words: z.string(), by: z.string() })),
  /** Tasks that the design now being written has brought so far (in `strict`, where no work is there to hold them). */
  streamed: z.array(taskSchema),
  /** Drafts of this version of the plan so far. */
  designs: z.int(),
  draft: draftSchema.nullable(),
  /** The draft that the critique sent back, while the next one is being written. */
  rejected: draftSchema.nullable(),
  verdict: verdictSchema.nullable(),
  /** The plan was proposed and nobody asked for another: the planner has nothing to do. */
  settled: z.boolean(),
})
export type Planning = z.infer<typeof planningSchema>

/** Work of the planner that goes on beside the run: one model conversation each, or up to three for `explore`. */
export type StageName = 'explore' | 'design' | 'critique' | 'scope' | 'expand' | 'replan' | 'synthesis'
export interface Stage {
  name: StageName
  /** Unique in the run: what it reserves its money under. A stage that is tried again has another key. */
  key: string
  task: TaskId | null
}

export const unanswered = ({ questions, answers }: Planning): Question[] =>
  questions.filter(({ id }) => !answers.some((answer) => answer.question === id))
