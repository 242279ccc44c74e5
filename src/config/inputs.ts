import { z } from 'zod'
import { runIdSchema } from '../core/ids.ts'
import { jobFailureInput } from './job-failure.ts'

/** The inputs and outputs that action.yml declares; a test compares the lists. */
export const INPUTS = ['role', 'run', 'slot', 'result', 'failure', 'settings', 'token'] as const
export const OUTPUTS = ['run', 'orchestrate', 'slots', 'failure'] as const

const optionalRun = z.union([z.literal('').transform(() => null), runIdSchema])

const inputsSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('command'), token: z.string().min(1), settings: z.string() }),
  z.object({ role: z.literal('orchestrate'), token: z.string().min(1), run: runIdSchema, settings: z.string() }),
  z.object({
    role: z.literal('work'),
    token: z.string().min(1),
    run: runIdSchema,
    slot: z.string().regex(/^r[0-9]+\.[0-9]+$/, 'a slot is named like r1.2'),
  }),
  z.object({
    role: z.literal('recover'),
    token: z.string().min(1),
    run: optionalRun,
    result: z.string(),
    failure: jobFailureInput,
  }),
])
export type Inputs = z.infer<typeof inputsSchema>

/** Reads all inputs. Throws with the name of each wrong input and the expected value. */
export function readInputs(get: (name: string) => string): Inputs {
  const parsed = inputsSchema.safeParse(Object.fromEntries(INPUTS.map((name) => [name, get(name)])))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'inputs'}: ${issue.message}`)
  throw new Error(
    `The workflow gives this action wrong inputs: ${problems.join('; ')}. Compare it with examples/tributary.yml.`,
  )
}

const environmentSchema = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[^/]+\/[^/]+$/),
  GITHUB_RUN_ID: z.coerce.number().int().positive(),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive().default(1),
  GITHUB_SERVER_URL: z.url(),
  GITHUB_API_URL: z.url(),
  GITHUB_GRAPHQL_URL: z.url(),
  GITHUB_WORKSPACE: z.string(),
  GITHUB_WORKFLOW_REF: z.string(),
  RUNNER_TEMP: z.string(),
  /** The token that uploads artifacts; a slot must keep it from its commands. */
  ACTIONS_RUNTIME_TOKEN: z.string().default(''),
  /** Seconds without a byte from the model after which a call is retried; if empty, the adapter's default. */
  TRIBUTARY_SILENCE_SECONDS: z
    .union([z.literal('').transform(() => undefined), z.coerce.number().positive()])
    .optional(),
})
export type ActionEnvironment = z.infer<typeof environmentSchema> & {
  all: Readonly<Record<string, string | undefined>>
}

/** The runner's environment variables. Read only here. */
export function readEnvironment(env: Record<string, string | undefined>): ActionEnvironment {
  const parsed = environmentSchema.safeParse(env)
  if (parsed.success) return { ...parsed.data, all: env }
  const names = parsed.error.issues.map((issue) => issue.path.join('.'))
  throw new Error(`This runs only as a GitHub Action: ${names.join(', ')} missing or wrong in the environment.`)
}
