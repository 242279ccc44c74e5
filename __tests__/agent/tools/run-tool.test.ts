import { expect, it } from 'vitest'
import { workingTools } from '../../../src/agent/tools/toolbox.ts'
import { ran, saidSandbox } from '../../support/said-sandbox.ts'
import { call, errorText, resultText, toolContext } from './tool-context.ts'

function toolsWith(outcomes: Parameters<typeof saidSandbox>[0], seconds = 60) {
  const sandbox = saidSandbox(outcomes)
  const commands = [
    ['npm', 'test'],
    ['node', 'check.js', '--all'],
    ['vitest', 'run', '--'],
  ]
  const tools = workingTools(toolContext({ sandbox, commands, seconds: () => seconds, env: { TRIBUTARY_TASK: 't1' } }))
  return { sandbox, run: (...argv: string[]) => call(tools, 'run', { argv }) }
}

it('runs a command of the plan, with the time and the variables that the task has', async () => {
  const { sandbox, run } = toolsWith([ran('3 tests passed\n')], 42)
  expect(await resultText(run('npm', 'test'))).toBe('exit code 0, 1.3 s\n3 tests passed\n')
  const { argv, options } = sandbox.runs[0] ?? {}
  expect(argv).toEqual(['npm', 'test'])
  expect(options).toMatchObject({ worktree: '/slot/tree', seconds: 42, env: { TRIBUTARY_TASK: 't1' } })
  expect(options?.signal).toBeInstanceOf(AbortSignal)
})

it('calls an exit code other than 0 a failure, and time that is over', async () => {
  const { run } = toolsWith([ran('1 test failed', { exitCode: 1 }), ran('', { exitCode: 0, timedOut: true })])
  expect(await errorText(run('npm', 'test'))).toBe('exit code 1, 1.3 s\n1 test failed')
  expect(await errorText(run('npm', 'test'))).toContain('stopped when its time was over')
})

it.each([
  ['one word more', ['npm', 'test', '--', '-u']],
  ['one word less', ['node', 'check.js']],
  ['the words of a prefix without its end', ['vitest', 'run', 'a.test.ts']],
  ['a prefix that is cut short', ['vitest', 'run']],
  ['other words before the end of a prefix', ['vitest', 'watch', '--', 'a.test.ts']],
  ['other words', ['npm', 'publish']],
  ['another order', ['test', 'npm']],
  ['the words in one', ['npm test']],
  ['a shell', ['sh', '-c', 'npm test']],
  ['a path to the same program', ['/usr/bin/npm', 'test']],
  ['other capitals', ['NPM', 'test']],
  ['a word that is split elsewhere', ['npm', 'te', 'st']],
])('runs nothing but the commands of the plan, word for word: not %s', async (_name, argv) => {
  const { sandbox, run } = toolsWith([])
  expect(await errorText(run(...argv))).toBe(
    'That command is not in the plan. Those that may be run: `["npm","test"]` or `["node","check.js","--all"]` or `["vitest","run","--"]` and any words behind it',
  )
  expect(sandbox.runs).toEqual([])
})

it('runs nothing where no time is left', async () => {
  const { sandbox, run } = toolsWith([], 0)
  expect(await errorText(run('npm', 'test'))).toContain('No time is left')
  expect(sandbox.runs).toEqual([])
})

it('allows any words behind a command that ends in `--`', async () => {
  const { sandbox, run } = toolsWith([ran('1 passed'), ran('all passed')])
  await resultText(run('vitest', 'run', '--', 'src/a b.test.ts', '-t', 'x; y'))
  await resultText(run('vitest', 'run', '--'))
  expect(sandbox.runs.map(({ argv }) => argv)).toEqual([
    ['vitest', 'run', '--', 'src/a b.test.ts', '-t', 'x; y'],
    ['vitest', 'run', '--'],
  ])
})

it('runs nothing for a task without commands, and says so', async () => {
  const tools = workingTools(toolContext({ commands: [] }))
  expect(await errorText(call(tools, 'run', { argv: ['npm', 'test'] }))).toContain('Those that may be run: none')
  expect(await errorText(call(tools, 'run', { argv: [] }))).toContain('argv')
})
