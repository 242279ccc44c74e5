import { expect, it } from 'vitest'
import { z } from 'zod'
import { finishTool, workingTools } from '../../../src/agent/tools/toolbox.ts'
import { schemasProblem } from '../../../src/model-double/validate/schema.ts'
import { memoryFiles } from '../../support/files.ts'
import { saidSandbox } from '../../support/said-sandbox.ts'
import { call, errorText, resultText, toolContext } from './tool-context.ts'

const inputs: Record<string, unknown> = {
  view: { path: 'src/a.ts', from: null, to: null },
  search: { pattern: 'a', literal: true, ignore_case: false, glob: null, context: 0, files_only: false },
  list: { glob: '**' },
  edit: { path: 'src/a.ts', edits: [{ old: 'a', new: 'b' }] },
  write: { path: 'src/b.ts', text: 'b' },
  delete: { path: 'src/a.ts' },
  move: { from: 'src/a.ts', to: 'src/b.ts' },
  run: { argv: ['npm', 'test'] },
  bash: { command: 'npm test', seconds: null },
  output: { id: 1, from: 1, to: null },
}
const modeOf = (tool: string) => (tool === 'bash' ? ('sandboxed' as const) : ('listed' as const))

it('has the tools of a worker, with their kinds', () => {
  const toolsIn = (agentCommands: 'sandboxed' | 'listed') =>
    workingTools(toolContext({ agentCommands })).map(({ spec, kind }) => `${spec.name} ${kind}`)
  const both = [
    ...['view read', 'search read', 'list read'],
    ...['edit change', 'write change', 'delete change', 'move change'],
  ]
  expect(toolsIn('sandboxed')).toEqual([...both, 'bash run', 'output read'])
  expect(toolsIn('listed')).toEqual([...both, 'run run', 'output read'])
})

it('has schemas that the API compiles for strict tools, with room for a structured answer beside them', () => {
  for (const agentCommands of ['sandboxed', 'listed'] as const) {
    const tools = workingTools(toolContext({ agentCommands })).map(({ spec: { name, input } }) => ({
      name,
      input_schema: input,
      strict: true,
    }))
    expect(schemasProblem({ model: 'claude-sonnet-5-5', messages: [], tools })).toBeNull()
    const unions = JSON.stringify(tools).match(/"anyOf"/g) ?? []
    expect(unions.length).toBeLessThanOrEqual(8)
  }
})

it('says of each tool when to use it, with an example that fits', async () => {
  for (const agentCommands of ['sandboxed', 'listed'] as const)
    for (const { spec } of workingTools(toolContext({ agentCommands }))) {
      const [, example = ''] = /Example: (\{.*\})$/.exec(spec.description) ?? []
      expect(Object.keys(JSON.parse(example)), spec.name).toEqual(Object.keys(spec.input.properties ?? {}))
    }
})

it.each(Object.entries(inputs))('asks the gate before %s, and does nothing while it is shut', async (name, input) => {
  const files = memoryFiles({ 'src/a.ts': 'a' })
  const sandbox = saidSandbox([])
  const guard = () => 'the plan that holds t1 is not approved'
  const tools = workingTools(toolContext({ files, sandbox, guard, agentCommands: modeOf(name) }))
  expect(await call(tools, name, input)).toEqual({ notAllowed: 'the plan that holds t1 is not approved' })
  expect(files.touched).toEqual([])
  expect(sandbox.runs).toEqual([])
})

it('asks the gate again before each call', async () => {
  const answers = [null, 'the run is paused']
  const tools = workingTools(
    toolContext({ files: memoryFiles({ 'src/a.ts': 'a' }), guard: () => answers.shift() ?? null }),
  )
  expect(await resultText(call(tools, 'list', { glob: '**' }))).toBe('src/a.ts')
  expect(await call(tools, 'list', { glob: '**' })).toEqual({ notAllowed: 'the run is paused' })
})

it('offers the same tools to every task, so that their prompts begin alike', () => {
  const specs = (at: Parameters<typeof toolContext>[0]) =>
    JSON.stringify(workingTools(toolContext(at)).map(({ spec }) => spec))
  expect(specs({ writes: ['lib/**'], commands: [['make']], worktree: '/elsewhere' })).toBe(specs({}))
})

it('offers only inputs whose fields are all required and known', () => {
  for (const { spec } of workingTools(toolContext())) {
    const { properties, required, additionalProperties } = spec.input
    expect(required).toEqual(Object.keys(properties ?? {}))
    expect(additionalProperties).toBe(false)
  }
})

const finish = finishTool(z.strictObject({ summary: z.string().min(1), files: z.array(z.string()) }), 'Ends the work.')

it('takes a value that fits the schema as the end', async () => {
  expect(await call([finish], 'finish', { summary: 'done', files: ['a'] })).toEqual({
    finished: { summary: 'done', files: ['a'] },
  })
  expect(finish.spec.description).toBe('Ends the work.')
})

it('says what does not fit', async () => {
  expect(await errorText(call([finish], 'finish', { summary: '', files: [1] }))).toMatch(/summary: .*files\.0: /)
  expect(await errorText(call([finish], 'finish', '{"summary": "do'))).toContain('cut off')
})
