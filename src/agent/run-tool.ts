import { z } from 'zod'
import { argvSchema } from '../core/plan.ts'
import type { CommandRun } from '../ports/sandbox.ts'
import { failed, type Tool, type ToolAnswer, tool } from './tool.ts'
import type { WorkPlace } from './work-place.ts'

/** Runs commands of the approved plan, word for word: one more word could make any program do anything. */
export const runTool = (at: WorkPlace): Tool =>
  tool(
    {
      name: 'run',
      description:
        'Runs a command of the plan, exactly as the brief gives it, in a sandbox without a network. There is no shell.',
      kind: 'run',
      input: z.strictObject({ argv: argvSchema.describe('the command, word by word') }),
    },
    async ({ argv }, signal) => {
      const command = at.commands.find((one) => JSON.stringify(one) === JSON.stringify(argv))
      if (command === undefined) return failed(`That command is not in the plan. Those that may be run: ${choices(at)}`)
      const seconds = at.seconds()
      if (seconds <= 0) return failed('No time is left to run anything; finish')
      const { sandbox, worktree, env } = at
      return answerOf(await sandbox.run(command, { worktree, seconds, signal, env }))
    },
  )

const choices = ({ commands }: WorkPlace): string =>
  commands.length === 0 ? 'none' : commands.map((argv) => JSON.stringify(argv)).join(' or ')

function answerOf({ exitCode, log, seconds, timedOut }: CommandRun): ToolAnswer {
  const end = timedOut ? 'stopped when its time was over' : `exit code ${exitCode}`
  return { text: `${end}, ${seconds.toFixed(1)} s\n${log}`, failed: timedOut || exitCode !== 0 }
}
