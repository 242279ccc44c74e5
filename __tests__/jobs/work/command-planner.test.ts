import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settingsSchema } from '../../../src/core/settings.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import { only, RUN, SLOT, type SlotWorld, script, slotWorld } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const outcome = () => only(world.uploads).result.outcome
const text = (): string => {
  const found = outcome()
  if (found.kind !== 'planned') throw new Error(JSON.stringify(found))
  return found.text
}

/** A run that waits for the plan of a program. */
function wanted(command: readonly string[], more: Record<string, unknown> = {}, others: object = {}): void {
  const settings = settingsSchema.parse({ plan: { command, ...more }, ...others })
  world.happens(
    { type: 'plan_requested', run: RUN, issue: 42, title: 'Colours', body: 'Paint it blue.', words: 'not red' },
    {
      type: 'planning_begun',
      base: world.base,
      baseBranch: 'main',
      settings,
      settingsBlob: '',
      mode: 'strict',
      limit: 10,
    },
    { type: 'plan_command_started', attempt: 1, slot: SLOT, comments: ['Light blue, please.'] },
  )
  world.onUpload(() => world.happens({ type: 'run_cancelled', why: 'the test is over' }))
}

const program = (text: string) => ['node', '-e', text, '{prompt_file}', '{worktree}', '--model={model}']
const variables: Record<string, string> = { PLANNER_KEY: 'key-of-the-planner', GITHUB_TOKEN: 'ghs_abcdefgh' }
const agentEnv = (names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])))

describe('a program that plans', () => {
  it('reads the brief and the tree of the base, and hands over its standard output, and nothing that it changed', async () => {
    wanted(
      program(`const [, file, tree, rest] = process.argv
        console.error('thinking')
        fs.writeFileSync('a.txt', 'changed')
        console.log(JSON.stringify({ tree, rest, cwd: process.cwd(), a: fs.readdirSync('.'), prompt: fs.readFileSync(file, 'utf8') }))`),
    )
    expect(await world.start()).toMatchObject([{ task: 'plan', attempt: 1, outcome: 'planned' }])
    const seen = JSON.parse(text())
    expect(seen).toMatchObject({ tree: world.tree, cwd: world.tree, rest: '--model=claude-opus-5-5' })
    expect(seen.a).toContain('a.txt')
    for (const words of ['Paint it blue.', 'not red', 'Light blue, please.', '"tasks":{"type":"array"'])
      expect(seen.prompt).toContain(words)
    expect(only(world.uploads)).toMatchObject({ bundle: null, result: { base: world.base } })
    expect(world.git('status', '--porcelain')).toBe('')
  })

  it('sees the variables that the settings name, and none of the job itself', needsSandbox, async () => {
    wanted(program('console.log(JSON.stringify(process.env))'), { env: ['PLANNER_KEY', 'GITHUB_TOKEN'] })
    await world.start({ agentEnv })
    expect(Object.keys(JSON.parse(text()))).toContain('PLANNER_KEY')
    // The value of a variable is hidden in whatever is handed over.
    for (const secret of ['ghs_abcdefgh', 'key-of-the-planner', 'GITHUB_TOKEN']) expect(text()).not.toContain(secret)
  })

  it('fails with its exit code and what it said', async () => {
    wanted(program("console.error('no licence'); process.exit(3)"))
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'failed', failure: { reason: 'program-failed', exitCode: 3 }, head: null })
    expect(JSON.stringify(outcome())).toContain('no licence')
  })

  it('finds what the set-up of the settings made', async () => {
    const setup = [script('mkdir -p ignored && touch ignored/made')]
    wanted(program("console.log(fs.existsSync('ignored/made'))"), {}, { setup })
    await world.start()
    expect(text().trim()).toBe('true')
  })

  it('does not run if the set-up fails, which is said', async () => {
    wanted(program("console.log('{}')"), {}, { setup: [script('echo no registry >&2; exit 3')] })
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'failed', failure: { reason: 'program-failed', exitCode: 3 }, head: null })
    expect(JSON.stringify(outcome())).toContain('The set-up of the settings failed')
  })

  it('is no plan where it prints too much', async () => {
    wanted(program("process.stdout.write('x'.repeat(500_000))"))
    await world.start()
    expect(outcome()).toMatchObject({ kind: 'failed', failure: { reason: 'program-failed', exitCode: 0 } })
  })
})
