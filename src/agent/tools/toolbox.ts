import type { z } from 'zod'
import { changingTools } from './changing-tools.ts'
import { commandTools } from './command-tools.ts'
import { type KeptOutputs, keptOutputs } from './kept-outputs.ts'
import { fileTools } from './reading-tools.ts'
import { type Tool, tool } from './tool.ts'
import type { ToolContext } from './tool-access.ts'

/** All tools of a worker but `finish`. Every call checks the plan's gate first, reads too. */
export const workingTools = (context: ToolContext, outputs: KeptOutputs = keptOutputs()): Tool[] =>
  [...fileTools(context.files), ...changingTools(context), ...commandTools(context, outputs)].map((one) =>
    behindGate(one, context),
  )

/** `finish`: the loop returns its input. All fields of the schema must be required. */
export const finishTool = <Schema extends z.ZodType>(input: Schema, description: string): Tool =>
  tool({ name: 'finish', description, kind: 'finish', input }, async (value) => ({ finished: value }))

const behindGate = (one: Tool, { guard }: ToolContext): Tool => ({
  ...one,
  async use(input, signal) {
    const why = guard()
    return why === null ? one.use(input, signal) : { notAllowed: why }
  },
})
