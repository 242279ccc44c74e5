import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readAsked, readSource, refuseWithoutWorker } from '../../../src/cli/run/asked.ts'
import { issueFor } from '../../../src/cli/run/issue.ts'
import { readHandPlan } from '../../../src/config/hand-plan.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'
import { planOf } from '../../support/plan.ts'
import { agentPlan } from '../../support/planning.ts'

describe('what is asked of `run`', () => {
  it('is words, a plan, or both', () => {
    expect(readAsked(['log as JSON'], true)).toEqual({
      words: 'log as JSON',
      planFile: null,
      budget: null,
      agent: undefined,
      yes: false,
    })
    expect(readAsked(['--plan', 'p.yml', '-y', '--budget', '2.5usd', '--agent', 'codex'], false)).toEqual({
      words: null,
      planFile: 'p.yml',
      budget: '2.5usd',
      agent: 'codex',
      yes: true,
    })
  })

  it.each([
    [[], 'what should be done?'],
    [['log', 'as', 'JSON'], 'say what to do in quotes: "log as JSON"'],
    [['x', '--budget', 'much'], "'much' is not a limit of money; write it like 5usd"],
    [['x', '--budget', '5usd --mode off'], 'is not a limit of money'],
    [['x', '--yess'], 'did you mean --yes?'],
  ])('%j is refused: %s', (words, sentence) => {
    expect(() => readAsked(words, true)).toThrow(sentence)
  })

  it('needs --yes where nobody can be asked', () => {
    expect(() => readAsked(['x'], false)).toThrow('--yes approves it')
  })
})

describe('the issue', () => {
  it('has the first line of the words as its title, and all of them as its body', () => {
    expect(issueFor({ words: 'log as JSON', plan: null })).toEqual({ title: 'log as JSON', body: '' })
    expect(issueFor({ words: 'log as JSON\n\nOne line each.', plan: null })).toEqual({
      title: 'log as JSON',
      body: 'log as JSON\n\nOne line each.',
    })
    expect([...issueFor({ words: 'long '.repeat(50), plan: null }).title].length).toBeLessThanOrEqual(100)
  })

  it('holds a plan as one fenced block that reads as the file does', () => {
    const text =
      'title: T\ncontext: |\n  ```\n  code\n  ```\ntasks:\n  - { id: a, title: A, writes: [a], run: ["true"], acceptance: ["true"] }\n'
    const { title, body } = issueFor({ words: null, plan: { text, title: 'T' } })
    expect(title).toBe('T')
    expect(readHandPlan(body, defaultSettings)).toMatchObject({
      ok: true,
      value: { title: 'T', context: '```\ncode\n```\n' },
    })
    const whole = `Before.\n\n${body}\n\nAfter.\n`
    expect(issueFor({ words: 'w', plan: { text: whole, title: 'T' } }).body).toBe(whole.trim())
  })
})

describe('before anything starts', () => {
  const nobody = { env: { PATH: '' } }

  it('something must be there that plans', () => {
    expect(() => refuseWithoutWorker(null, null, defaultSettings, nobody)).toThrow('nothing here writes plans')
    refuseWithoutWorker(null, 'claude', defaultSettings, nobody)
    refuseWithoutWorker(null, null, settingsSchema.parse({ plan: { command: ['planner'] } }), nobody)
  })

  it('something must be there that works on tasks without a `run`', () => {
    const plan = agentPlan('a, b', { tasks: { b: { run: ['true'] } } })
    expect(() => refuseWithoutWorker(plan, null, defaultSettings, nobody)).toThrow('nothing here works on a; ')
    refuseWithoutWorker(plan, 'ANTHROPIC_API_KEY', defaultSettings, nobody)
    refuseWithoutWorker(planOf('a'), null, defaultSettings, nobody)
  })

  it('a plan with problems is refused with their lines', async () => {
    const cwd = temporary('asked')
    onTestFinished(() => removeFolder(cwd))
    writeFileSync(
      join(cwd, 'p.yml'),
      'title: T\ntasks:\n  - { id: a, title: A, needs: [b], writes: [a], run: ["true"], acceptance: ["true"] }\n',
    )
    const terminal = {
      cwd,
      env: {},
      home: cwd,
      command: 't',
      out: () => {},
      error: () => {},
      interruption: () => AbortSignal.abort(),
    }
    const read = await readSource(readAsked(['--plan', 'p.yml', '--yes'], false), defaultSettings, terminal)
    expect(read).toMatchObject({ problems: [{ file: 'p.yml', line: 3, code: 'unknown-need' }] })
  })
})
