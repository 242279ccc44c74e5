import { z } from 'zod'
import { argvSchema } from '../../core/plan/plan.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import { changingTools } from './changing-tools.ts'
import { readingTools } from './reading-tools.ts'
import { type Tool, type ToolAnswer, tool, toolError } from './tool.ts'
import type { ToolContext } from './tool-access.ts'

/** view, search, list, log, edit, create, run. Every call checks the plan's gate first, reads too. */
export const workingTools = (context: ToolContext): Tool[] =>
  [...readingTools(context.files), ...changingTools(context), runTool(context)].map((one) => behindGate(one, context))

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

/** Runs commands of the approved plan only, word for word: with one more word a program could do anything. */
const runTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'run',
      description:
        'Runs a command of the plan, exactly as the brief gives it, in a sandbox without a network. There is no shell.',
      kind: 'run',
      input: z.strictObject({ argv: argvSchema.describe('the command, word by word') }),
    },
    async ({ argv }, signal) => {
      const command = context.commands.find((one) => JSON.stringify(one) === JSON.stringify(argv))
      if (command === undefined)
        return toolError(`That command is not in the plan. Those that may be run: ${choices(context)}`)
      const seconds = context.seconds()
      if (seconds <= 0) return toolError('No time is left to run anything; finish')
      const { sandbox, worktree, env } = context
      return answerOf(await sandbox.run(command, { worktree, seconds, signal, env }))
    },
  )

const choices = ({ commands }: ToolContext): string =>
  commands.length === 0 ? 'none' : commands.map((argv) => JSON.stringify(argv)).join(' or ')

function answerOf({ exitCode, log, seconds, timedOut }: CommandRun): ToolAnswer {
  const end = timedOut ? 'stopped when its time was over' : `exit code ${exitCode}`
  return { text: `${end}, ${seconds.toFixed(1)} s\n${log}`, failed: timedOut || exitCode !== 0 }
}
