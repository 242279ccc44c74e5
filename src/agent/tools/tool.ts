import type { z } from 'zod'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { ToolSpec } from '../../ports/model.ts'
import { jsonSchemaOf } from './json-schema.ts'

/** `finished`: the valid input of `finish`; `notAllowed`: why the plan's gate is closed. Both stop the agent loop. */
export type ToolAnswer = ToolText | { finished: unknown } | { notAllowed: string }

export interface ToolText {
  text: string
  failed: boolean
}

/** Successive reads of a turn run in parallel, all other calls in order. A `change` counts as progress. */
export type ToolKind = 'read' | 'change' | 'run' | 'finish'

export interface Tool {
  spec: ToolSpec
  kind: ToolKind
  /** An invalid input gives a failed answer that names the problems. It throws only if the environment is broken. */
  use(input: unknown, signal: AbortSignal): Promise<ToolAnswer>
}

/** Characters of one tool result, including the note on what was left out. */
export const LONGEST_ANSWER = 10_000
const NOTE = 100

export const toolText = (text: string): ToolText => ({ text, failed: false })
export const toolError = (text: string): ToolText => ({ text, failed: true })

/** A tool with a schema for its input, whose results are shortened to what a model should read at once. */
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

/** Head and tail of a long text. A blank one is replaced, since the API rejects it. */
export function capped(text: string): string {
  if (text.trim() === '') return '(nothing)'
  if (text.length <= LONGEST_ANSWER) return text
  const log = cappedLog((line) => line, (LONGEST_ANSWER - NOTE) / 2)
  log.add(text)
  return log.text()
}
