import type { z } from 'zod'
import { err, ok, type Result } from '../../core/result.ts'
import { type Block, type Model, type ModelAnswer, type ModelRequest, textOfBlocks } from '../../ports/model.ts'
import { emptyHistory, withAssistantMessage, withUserMessage } from '../loop/loop-state.ts'
import { callModel, type MeteredModel, tokenBound, type Unaffordable } from '../loop/metered-model.ts'
import { jsonSchemaOf } from '../tools/json-schema.ts'

interface StructuredRequest<Schema extends z.ZodType> {
  metered: MeteredModel
  model: string
  system: ModelRequest['system']
  blocks: readonly Block[]
  schema: Schema
  /** Tokens that the answer may have, thinking among them. */
  maxTokens: number
  /** What is wrong with an answer that fits the schema; it is asked to mend that, once. */
  check?: (value: z.output<Schema>) => readonly string[]
  onText?: (piece: string) => void
  onRestart?: () => void
}

type Structured<Value> = { ok: true; value: Value } | NoAnswer

const RETRIES = 1
const LONGEST = 2000

/** An answer of one schema. One that does not fit is asked for once more, with what is wrong; then it is given up. */
export async function structuredAnswer<Schema extends z.ZodType>(
  asked: StructuredRequest<Schema>,
  signal: AbortSignal,
): Promise<Structured<z.output<Schema>>> {
  const { metered, model, system, maxTokens, onText, onRestart } = asked
  const schema = jsonSchemaOf(asked.schema)
  const extra = tokenBound(JSON.stringify(schema))
  let thread = withUserMessage(emptyHistory({ system, tools: [] }), asked.blocks)
  for (let left = RETRIES; ; left--) {
    const request = { model, system, tools: [], turns: thread.turns, maxTokens, schema, signal, onText, onRestart }
    const { answer, afforded } = await heeded(metered, request, thread.promptTokens + extra)
    if (!answer.ok || answer.stop !== 'end') return nothing(answer, afforded < maxTokens)
    const read = readAs(asked, textOfBlocks(answer.blocks))
    if (read.ok) return { ok: true, value: read.value }
    if (left === 0) return { ok: false, why: `the answer is of no use: ${read.error}` }
    thread = withUserMessage(withAssistantMessage(thread, answer.blocks, answer), [
      { kind: 'text', text: again(read.error) },
    ])
    onRestart?.()
  }
}

/** `afforded`: the tokens that the answer could have: those asked for, or what the money was enough for. */
async function heeded(metered: MeteredModel, request: ModelRequest, promptTokens: number) {
  let afforded = request.maxTokens
  const heeding: Model = {
    ask(one) {
      afforded = one.maxTokens
      return metered.model.ask(one)
    },
  }
  const answer = await callModel({ ...metered, model: heeding }, request, promptTokens)
  return { answer, afforded }
}

const again = (wrong: string): string =>
  `This answer cannot be used: ${wrong}\n\nGive the whole answer again. Mend this, and leave all else word for word as it is.`

function readAs<Schema extends z.ZodType>(
  { schema, check }: StructuredRequest<Schema>,
  text: string,
): Result<z.output<Schema>, string> {
  const json = parsed(text)
  if (!json.ok) return json
  const { success, data, error } = schema.safeParse(json.value)
  if (!success)
    return err(
      error.issues
        .map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('; ')
        .slice(0, LONGEST),
    )
  const wrong = check?.(data) ?? []
  return wrong.length === 0 ? ok(data) : err(wrong.join(' ').slice(0, LONGEST))
}

function parsed(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text))
  } catch {
    return err('it is no JSON')
  }
}

/** `shortened`: the answer could not have all the tokens that it may have, since the money was too little. */
function nothing(answer: ModelAnswer | Unaffordable, shortened: boolean): NoAnswer {
  if (answer.ok && answer.stop === 'length' && shortened)
    return { ok: false, why: 'its answer was cut off where its money ended', short: true }
  if (answer.ok) return { ok: false, why: STOPPED[answer.stop] }
  const { failure } = answer
  if (failure.reason === 'unaffordable') return unaffordable(failure.left)
  const why =
    failure.reason === 'aborted' ? 'it was stopped' : `the model did not answer (${failure.reason}): ${failure.detail}`
  return { ok: false, why }
}

/** `left` in US dollars. */
export const unaffordable = (left: number): NoAnswer => ({
  ok: false,
  why: `${Math.max(0, left).toFixed(2)} USD are left for it, which is not enough for another call`,
  short: true,
})

const STOPPED = {
  end: 'no answer',
  calls: 'the model called a tool where there is none',
  length: 'its answer was cut off before the end',
  refused: 'the model refused to answer',
} as const

/** Why a stage of the planner came to nothing. `short`: its money was too little, which says nothing about the stage itself. */
export interface NoAnswer {
  ok: false
  why: string
  short?: true
}
