import type { Tool, ToolAnswer } from '../../../src/agent/tools/tool.ts'
import type { ToolContext } from '../../../src/agent/tools/tool-access.ts'
import { memoryFiles } from '../../support/files.ts'
import { saidSandbox } from '../../support/said-sandbox.ts'

/** A context in which a task may write under src. Commands need a sandbox among the overrides. */
export const toolContext = (overrides: Partial<ToolContext> = {}): ToolContext => ({
  files: memoryFiles({}),
  sandbox: saidSandbox([]),
  worktree: '/slot/tree',
  writes: ['src/**'],
  protectedGlobs: [],
  agentCommands: 'listed',
  commands: [['npm', 'test']],
  hosts: [],
  putBack: async () => [],
  refreshJournal: async () => undefined,
  guard: () => null,
  seconds: () => 60,
  env: {},
  ...overrides,
})

export function call(tools: readonly Tool[], name: string, input: unknown): Promise<ToolAnswer> {
  const tool = tools.find(({ spec }) => spec.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool.use(input, new AbortController().signal)
}

/** The text of a successful tool result. */
export async function resultText(answer: Promise<ToolAnswer>): Promise<string> {
  const result = await answer
  if (!('text' in result) || result.failed) throw new Error(`not an answer: ${JSON.stringify(result)}`)
  return result.text
}

/** The text of a failed tool result. */
export async function errorText(answer: Promise<ToolAnswer>): Promise<string> {
  const result = await answer
  if (!('text' in result) || !result.failed) throw new Error(`not a failure: ${JSON.stringify(result)}`)
  return result.text
}
