import { z } from 'zod'
import { type Argv, allowsCommand, argvSchema, isPrefix } from '../../core/plan/plan.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import type { KeptOutputs } from './kept-outputs.ts'
import { linesOf, viewOf } from './line-view.ts'
import { putBackText } from './put-back.ts'
import { LONGEST_ANSWER, type Tool, type ToolText, tool, toolError } from './tool.ts'
import type { ToolContext } from './tool-access.ts'

/** Characters kept of each end of an output, to be read in parts. */
const KEPT = 200_000
/** Of an answer; the rest of it says how the command ended. */
const SHOWN = LONGEST_ANSWER - 3000
const USUAL_SECONDS = 300
const LONGEST_LINE = 20_000

/** bash or run, as `agent_commands` says, and output: tools that run commands, and read what those printed. */
export const commandTools = (context: ToolContext, outputs: KeptOutputs): Tool[] => [
  context.agentCommands === 'sandboxed' ? bashTool(context, outputs) : runTool(context, outputs),
  outputTool(outputs),
]

/** The fixed script chooses the shell; the line is one word for it. */
const SHELL = ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash -c "$1"; exec /bin/sh -c "$1"', 'sh'] as const

const bashTool = (context: ToolContext, outputs: KeptOutputs): Tool =>
  tool(
    {
      name: 'bash',
      description: `Runs a shell line (bash, or sh if there is none) in the root of the repository, in a sandbox. For single tests, type checks, formatters, generators, git diff, and changes to many files at once. There is no key, and no network but for hosts that the brief names; it reads system folders, toolchains and the work tree, and writes the work tree, /tmp and a home of its own. \`.git\` is read-only. Each call is a new shell: variables, /tmp and background processes end with it. What it changes outside of the task's paths, but for what git ignores, is put back at once, and named. It is stopped after \`seconds\`, and by limits of memory, processes and disk. A long output is cut in the middle; output shows the rest. Example: {"command": "npm test -- retry.test.ts", "seconds": null}`,
      kind: 'run',
      input: z.strictObject({
        command: z.string().min(1).max(LONGEST_LINE),
        seconds: z.int().min(1).max(3600).nullable().describe(`null: ${USUAL_SECONDS}`),
      }),
    },
    async ({ command, seconds }, signal) => {
      if (command.includes('\0')) return toolError('Not run: a null character cannot be in a command')
      return runCommand(context, outputs, [...SHELL, command], { seconds: seconds ?? USUAL_SECONDS, signal })
    },
  )

/** Runs commands of the approved plan only: with other words a program could do anything. */
const runTool = (context: ToolContext, outputs: KeptOutputs): Tool =>
  tool(
    {
      name: 'run',
      description:
        'Runs a command that the plan lists, exactly as the brief gives it; behind one that ends in `--`, any words may follow. For the acceptance and the other checks of the task. It is a list of words, and no shell reads them. What it changes outside of the task\'s paths, but for what git ignores, is put back at once, and named. A long output is cut in the middle; output shows the rest. Example: {"argv": ["npm", "test"]}',
      kind: 'run',
      input: z.strictObject({ argv: argvSchema.describe('the command, word by word') }),
    },
    async ({ argv }, signal) => {
      if (!context.commands.some((one) => allowsCommand(one, argv)))
        return toolError(`That command is not in the plan. Those that may be run: ${choices(context)}`)
      return runCommand(context, outputs, argv, { seconds: Number.POSITIVE_INFINITY, signal })
    },
  )

const choices = ({ commands }: ToolContext): string =>
  commands.length === 0 ? 'none' : commands.map(listedCommand).join(' or ')

/** A command of the plan as a model reads it. */
export const listedCommand = (argv: Argv): string =>
  `\`${JSON.stringify(argv)}\`${isPrefix(argv) ? ' and any words behind it' : ''}`

async function runCommand(
  { sandbox, worktree, env, seconds: left, putBack }: ToolContext,
  outputs: KeptOutputs,
  argv: Argv,
  options: { seconds: number; signal: AbortSignal },
): Promise<ToolText> {
  const seconds = Math.min(options.seconds, left())
  if (seconds <= 0) return toolError('No time is left to run anything; finish')
  const ran = await sandbox.run(argv, { worktree, seconds, signal: options.signal, env, kept: KEPT })
  return answerOf(ran, await putBack(), outputs)
}

/** `putBack`: null if it could not be found out. */
function answerOf(
  { exitCode, log, seconds, timedOut }: CommandRun,
  putBack: readonly string[] | null,
  outputs: KeptOutputs,
): ToolText {
  const end = timedOut ? 'stopped when its time was over' : `exit code ${exitCode}`
  const cut =
    log.length > SHOWN
      ? `; the output has ${linesOf(log).length} lines, output ${outputs.keep(log)} has all of them`
      : ''
  const lines = [`${end}, ${seconds.toFixed(1)} s${cut}`, ...putBackLines(putBack), shortened(log)]
  return { text: lines.join('\n'), failed: timedOut || exitCode !== 0 }
}

function putBackLines(paths: readonly string[] | null): string[] {
  if (paths === null)
    return ['It left something that git cannot read: remove it. What it changed elsewhere is put back at the end.']
  return paths.length === 0 ? [] : [putBackText(paths).slice(0, 2000)]
}

function shortened(log: string): string {
  const short = cappedLog((text) => text, SHOWN / 2)
  short.add(log)
  return short.text()
}

const outputTool = (outputs: KeptOutputs): Tool =>
  tool(
    {
      name: 'output',
      description:
        'Shows lines of an output that was too long for one answer, by the id that the answer named; the newest ten are kept, the longest without their middle. Example: {"id": 2, "from": 120, "to": 180}',
      kind: 'read',
      input: z.strictObject({
        id: z.int().min(1),
        from: z.int().min(1).describe('first line'),
        to: z.int().min(1).nullable().describe('last line; null: as many as fit'),
      }),
    },
    async ({ id, from, to }) => {
      const text = outputs.text(id)
      return text === null ? toolError(`There is no output ${id} any more`) : viewOf(`output ${id}`, text, from, to)
    },
  )
