import type { z } from 'zod'
import { changingTools } from './changing-tools.ts'
import { readingTools } from './reading-tools.ts'
import { runTool } from './run-tool.ts'
import { type Tool, tool } from './tool.ts'
import type { WorkPlace } from './work-place.ts'

export { readingTools } from './reading-tools.ts'
export type { Tool, ToolAnswer } from './tool.ts'
export type { WorkPlace } from './work-place.ts'

/** view, search, list, log, edit, create, run. Each call asks the plan's gate first, reading ones too. */
export const workingTools = (at: WorkPlace): Tool[] =>
  [...readingTools(at.files), ...changingTools(at), runTool(at)].map((one) => behindGate(one, at))

/** `finish`: its value is what the schema gives; all of the schema's fields must be required. */
export const finishTool = <Schema extends z.ZodType>(input: Schema, description: string): Tool =>
  tool({ name: 'finish', description, kind: 'finish', input }, async (value) => ({ finished: value }))

const behindGate = (one: Tool, { guard }: WorkPlace): Tool => ({
  ...one,
  async use(input, signal) {
    const why = guard()
    return why === null ? one.use(input, signal) : { notAllowed: why }
  },
})
