import type { Tool, ToolAnswer } from '../../../src/agent/tools/tool.ts'
import type { ToolContext } from '../../../src/agent/tools/tool-access.ts'
import { memoryFiles } from '../../support/files.ts'
import { saidSandbox } from '../../support/said-sandbox.ts'

/** A place where a task may write under src; nothing runs there unless a sandbox is given. */
export const toolContext = (given: Partial<ToolContext> = {}): ToolContext => ({
  files: memoryFiles({}),
  sandbox: saidSandbox([]),
  worktree: '/slot/tree',
  writes: ['src/**'],
  protectedGlobs: [],
  commands: [['npm', 'test']],
  refreshJournal: async () => undefined,
  guard: () => null,
  seconds: () => 60,
  env: {},
  ...given,
})

export function call(tools: readonly Tool[], name: string, input: unknown): Promise<ToolAnswer> {
  const tool = tools.find(({ spec }) => spec.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool.use(input, new AbortController().signal)
}

/** The text of an answer that did not fail. */
export async function resultText(answer: Promise<ToolAnswer>): Promise<string> {
  const given = await answer
  if (!('text' in given) || given.failed) throw new Error(`not an answer: ${JSON.stringify(given)}`)
  return given.text
}

/** The text of an answer that failed. */
export async function errorText(answer: Promise<ToolAnswer>): Promise<string> {
  const given = await answer
  if (!('text' in given) || !given.failed) throw new Error(`not a failure: ${JSON.stringify(given)}`)
  return given.text
}
