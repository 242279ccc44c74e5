import type { z } from 'zod'
import { err, ok, type Result } from '../../core/result.ts'
import { type Block, type ModelAnswer, type ModelRequest, textOfBlocks } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import { emptyHistory, withAssistantMessage, withCacheMarkers, withUserMessage } from '../loop/loop-state.ts'
import { callModel, type MeteredModel, tokenBound, type Unaffordable } from '../loop/metered-model.ts'
import { jsonSchemaOf } from '../tools/json-schema.ts'
import { lookUpsIn } from './look-ups.ts'

interface StructuredRequest<Schema extends z.ZodType> {
  metered: MeteredModel
  model: string
  system: ModelRequest['system']
  blocks: readonly Block[]
  schema: Schema
  /** Tokens of the answer, thinking included. */
  maxTokens: number
  /** Problems of an answer that fits the schema, for the retry; empty: none. */
  check?: (value: z.output<Schema>) => readonly string[]
  /** What the model may look up before it answers; null: nothing. */
  sources: Sources | null
  onText?: (piece: string) => void
  onRestart?: () => void
}

type Structured<Value> = { ok: true; value: Value } | NoAnswer

const RETRIES = 1
const LONGEST_PROBLEMS = 2000

/**
 * An answer that fits one schema, after as many look-ups as the model wants and may have. One that does not fit, or that was
 * cut off, is requested once more, with the problems named; then the stage fails.
 */
export async function structuredAnswer<Schema extends z.ZodType>(
  request: StructuredRequest<Schema>,
  signal: AbortSignal,
): Promise<Structured<z.output<Schema>>> {
  const { metered, model, system, maxTokens, onText, onRestart } = request
  const schema = jsonSchemaOf(request.schema)
  const schemaTokens = tokenBound(JSON.stringify(schema))
  const lookUps = lookUpsIn(request.sources, metered.budget)
  const tools = lookUps.specs
  let history = withUserMessage(emptyHistory({ system, tools }), request.blocks)
  let retriesLeft = RETRIES
  let hasLookedUp = false
  for (;;) {
    const turns = hasLookedUp ? withCacheMarkers(history.turns) : history.turns
    const withoutCalls = !lookUps.isOpen()
    const call = { model, system, tools, withoutCalls, turns, maxTokens, schema, signal, onText, onRestart }
    const { answer, maxTokens: afforded } = await callModel(metered, call, history.promptTokens + schemaTokens)
    if (!answer.ok) return noAnswer(answer, false)
    const isCutOff = answer.stop === 'length' && afforded === maxTokens && retriesLeft > 0
    // Of an answer that was cut off nothing is kept.
    if (!isCutOff) history = withAssistantMessage(history, answer.blocks, answer)
    const calls = withoutCalls ? [] : answer.blocks.filter((block) => block.kind === 'call')
    if (answer.stop === 'calls' && calls.length > 0) {
      history = withUserMessage(history, await lookUps.run(calls, signal))
      hasLookedUp = true
      // What was said beside calls is no answer.
      if (textOfBlocks(answer.blocks) !== '') onRestart?.()
      continue
    }
    if (answer.stop !== 'end' && !isCutOff) return noAnswer(answer, afforded < maxTokens)
    const parsed = isCutOff ? err(cutOffPrompt(maxTokens)) : parseAnswer(request, textOfBlocks(answer.blocks))
    if (parsed.ok) return { ok: true, value: parsed.value }
    if (retriesLeft === 0) return { ok: false, why: `the answer is of no use: ${parsed.error}` }
    retriesLeft -= 1
    history = withUserMessage(history, [{ kind: 'text', text: isCutOff ? parsed.error : retryPrompt(parsed.error) }])
    onRestart?.()
  }
}

const retryPrompt = (problems: string): string =>
  `This answer cannot be used: ${problems}\n\nGive the whole answer again. Fix this, and leave all else word for word as it is.`

const cutOffPrompt = (maxTokens: number): string =>
  `Your answer was cut off at its limit of ${maxTokens} tokens, and nothing of it was kept. Think less, and give the whole answer again in fewer words: shorter texts, fewer entries.`

/** The value of a JSON text that fits a schema and its check, or what is wrong with it. */
export function parseAnswer<Schema extends z.ZodType>(
  { schema, check }: Pick<StructuredRequest<Schema>, 'schema' | 'check'>,
  text: string,
): Result<z.output<Schema>, string> {
  const json = parseJson(text)
  if (!json.ok) return json
  const { success, data, error } = schema.safeParse(json.value)
  if (!success)
    return err(
      error.issues
        .map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('; ')
        .slice(0, LONGEST_PROBLEMS),
    )
  const problems = check?.(data) ?? []
  return problems.length === 0 ? ok(data) : err(problems.join(' ').slice(0, LONGEST_PROBLEMS))
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(withoutFence(text)))
  } catch {
    return err('it is no JSON')
  }
}

/** Behind a gateway that does not hand the schema on, models write their JSON into a code block. */
const withoutFence = (text: string): string => /^\s*```(?:json)?[ \t]*\n([\s\S]*?)\n?```\s*$/i.exec(text)?.[1] ?? text

/** `isShortened`: the budget allowed the answer fewer tokens than requested. */
function noAnswer(answer: ModelAnswer | Unaffordable, isShortened: boolean): NoAnswer {
  if (answer.ok && answer.stop === 'length' && isShortened)
    return { ok: false, why: 'its answer was cut off where its money ended', underfunded: true }
  if (answer.ok) return { ok: false, why: STOPPED[answer.stop] }
  const { failure } = answer
  if (failure.reason === 'unaffordable') return unaffordable(failure.left)
  const why =
    failure.reason === 'aborted' ? 'it was stopped' : `the model did not answer (${failure.reason}): ${failure.detail}`
  return { ok: false, why }
}

/** `left`: US dollars. */
export const unaffordable = (left: number): NoAnswer => ({
  ok: false,
  why: `${Math.max(0, left).toFixed(2)} USD are left for it, which is not enough for another call`,
  underfunded: true,
})

const STOPPED = {
  end: 'no answer',
  calls: 'the model called a tool, and there is none any more',
  length: 'its answer was cut off before the end',
  refused: 'the model refused to answer',
} as const

/**
 * Why a stage of the planner has no result. `underfunded`: it had too little money, which says nothing about the stage
 * itself.
 */
export interface NoAnswer {
  ok: false
  why: string
  underfunded?: true
}
