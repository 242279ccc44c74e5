import { expect, it } from 'vitest'
import { workingTools } from '../../../src/agent/tools/toolbox.ts'
import { ran, saidSandbox } from '../../support/said-sandbox.ts'
import { call, errorText, resultText, toolContext } from './tool-context.ts'

type Outcomes = Parameters<typeof saidSandbox>[0]

function toolsWith(outcomes: Outcomes, context: Parameters<typeof toolContext>[0] = {}) {
  const sandbox = saidSandbox(outcomes)
  const tools = workingTools(toolContext({ sandbox, agentCommands: 'sandboxed', ...context }))
  return {
    sandbox,
    bash: (command: string, seconds: number | null = null) => call(tools, 'bash', { command, seconds }),
    output: (id: number, from: number, to: number | null = null) => call(tools, 'output', { id, from, to }),
  }
}

it('gives a line to a shell as one word, with the time that it asks for', async () => {
  const { sandbox, bash } = toolsWith([ran('2 passed\n'), ran('')])
  expect(await resultText(bash('npm test -- retry | tail -5', 90))).toBe('exit code 0, 1.3 s\n2 passed\n')
  const { argv, options } = sandbox.runs[0] ?? {}
  expect(argv?.[0]).toBe('/bin/sh')
  expect(argv?.at(-1)).toBe('npm test -- retry | tail -5')
  expect(options).toMatchObject({ worktree: '/slot/tree', seconds: 60 })
  await resultText(bash('true', 5))
  expect(sandbox.runs[1]?.options).toMatchObject({ seconds: 5 })
})

it('says at once what was put back', async () => {
  const { bash } = toolsWith([ran('done\n')], { putBack: async () => ['README.md', 'dist/a.js'] })
  expect(await resultText(bash('npm run build'))).toBe(
    'exit code 0, 1.3 s\nChanges outside of what the task may write were put back: README.md, dist/a.js.\ndone\n',
  )
})

it('says the same of a command that failed, and of files that git cannot read', async () => {
  const failed = toolsWith([ran('no\n', { exitCode: 2 })], { putBack: async () => ['a'] })
  expect(await errorText(failed.bash('x'))).toMatch(/^exit code 2, 1\.3 s\nChanges outside .* put back: a\.\nno\n$/)
  const unreadable = toolsWith([ran('')], { putBack: async () => null })
  expect(await resultText(unreadable.bash('mkdir -m 0 src/x'))).toContain('It left something that git cannot read')
})

it('cuts a long output in its middle, and keeps the whole to be read in parts', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index + 1}`)
  const { bash, output } = toolsWith([ran(`${lines.join('\n')}\n`), ran('short'), ran('x'.repeat(9000))])
  const text = await resultText(bash('npm test'))
  expect(text.length).toBeLessThanOrEqual(10_000)
  expect(text).toMatch(/^exit code 0, 1\.3 s; the output has 5000 lines, output 1 has all of them\nline 1\nline 2\n/)
  expect(text).toMatch(/characters left out …[\s\S]*line 5000\n$/)
  expect(await resultText(output(1, 2500, 2502))).toBe(
    'output 1, lines 2500-2502 of 5000\n2500\tline 2500\n2501\tline 2501\n2502\tline 2502',
  )
  expect(await resultText(bash('ls'))).toBe('exit code 0, 1.3 s\nshort')
  expect(await resultText(bash('cat x'))).toContain('output 2 has all')
})

it('keeps the newest ten outputs', async () => {
  const { bash, output } = toolsWith(Array.from({ length: 11 }, (_, index) => ran(`${index}${'x'.repeat(9000)}`)))
  for (let count = 0; count < 11; count += 1) await resultText(bash('x'))
  expect(await errorText(output(1, 1))).toBe('There is no output 1 any more')
  expect(await resultText(output(2, 1))).toContain('1\t1xxx')
  expect(await errorText(output(2, 9))).toBe('output 2 has 1 lines only')
})

it('runs nothing where no time is left, and no line that cannot be one', async () => {
  const late = toolsWith([], { seconds: () => 0 })
  expect(await errorText(late.bash('ls'))).toContain('No time is left')
  const { sandbox, bash } = toolsWith([])
  expect(await errorText(bash('a\0b'))).toContain('null character')
  expect(await errorText(bash(''))).toContain('command')
  expect([...sandbox.runs, ...late.sandbox.runs]).toEqual([])
})
