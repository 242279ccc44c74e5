import type { z } from 'zod'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { ToolSpec } from '../../ports/model.ts'
import { jsonSchemaOf } from './json-schema.ts'

/** `finished`: the checked value of `finish`; `notAllowed`: the plan's gate is shut, and the conversation ends. */
export type ToolAnswer = ToolText | { finished: unknown } | { notAllowed: string }

export interface ToolText {
  text: string
  failed: boolean
}

/** What a call can do: reads of one turn run side by side, all else in order; a `change` is progress. */
export type ToolKind = 'read' | 'change' | 'run' | 'finish'

export interface Tool {
  spec: ToolSpec
  kind: ToolKind
  /** A bad input is a failed answer that says what is wrong. It throws only where the world is broken. */
  use(input: unknown, signal: AbortSignal): Promise<ToolAnswer>
}

/** Characters that an answer to the model has at most, the note on what was left out among them. */
export const LONGEST_ANSWER = 10_000
const NOTE = 100

export const toolText = (text: string): ToolText => ({ text, failed: false })
export const toolError = (text: string): ToolText => ({ text, failed: true })

/** A tool whose input is one schema's, and whose answers are never longer than a model should read at once. */
export function tool<Schema extends z.ZodType>(
  about: { name: string; description: string; kind: ToolKind; input: Schema },
  use: (input: z.output<Schema>, signal: AbortSignal) => Promise<ToolAnswer>,
): Tool {
  const { name, description, kind } = about
  return {
    spec: { name, description, input: jsonSchemaOf(about.input) },
    kind,
    async use(input, signal) {
      const parsed = about.input.safeParse(input)
      if (!parsed.success) return toolError(capped(`The input does not fit: ${problems(input, parsed.error)}`))
      const answer = await use(parsed.data, signal)
      return 'text' in answer ? { ...answer, text: capped(answer.text) } : answer
    },
  }
}

function problems(input: unknown, { issues }: z.ZodError): string {
  if (typeof input === 'string') return 'it is no JSON object; was it cut off?'
  return issues.map(({ path, message }) => `${path.join('.') || 'the input'}: ${message}`).join('; ')
}

/** Head and tail of a long text. The API takes no empty one. */
export function capped(text: string): string {
  if (text.trim() === '') return '(nothing)'
  if (text.length <= LONGEST_ANSWER) return text
  const log = cappedLog((line) => line, (LONGEST_ANSWER - NOTE) / 2)
  log.add(text)
  return log.text()
}
