import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WorkDeps } from '../../../src/jobs/work/work-deps.ts'
import type { CommandOptions, Sandbox } from '../../../src/ports/sandbox.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import { assign, begin, type SlotWorld, script, slotWorld, taken } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld()
})
afterEach(() => world.remove())

/** A type checker that a set-up installs, and what a task does to one whose acceptance should pass. */
const INSTALL = 'mkdir -p ignored/bin && echo "exit 1" > ignored/bin/tsc'
const POISON = 'echo "exit 0" > ignored/bin/tsc; mkdir ignored/more; sh ignored/bin/tsc'
const CHECK = { argv: script('sh ignored/bin/tsc'), expect: '' }

interface Tasks {
  [id: string]: Record<string, unknown>
}

/** Gives the slot these tasks one after another, each on the same base. */
function inTurn(tasks: Tasks, settings: Record<string, unknown> = {}): void {
  const rest = Object.keys(tasks)
  begin(world, rest.join(', '), { tasks }, settings)
  assign(world, rest.shift() ?? '')
  world.onUpload(({ result: { task } }) => {
    const next = rest.shift()
    if (next === undefined) return world.happens({ type: 'run_cancelled', why: 'the test is over' })
    const failure = { reason: 'no-change' } as const
    world.happens({ type: 'task_failed', task, attempt: 1, head: null, failure, final: true })
    assign(world, next)
  })
}

const kinds = () => world.uploads.map(({ result }) => result.outcome.kind)
const setUps = () => world.lines.filter((line) => line.startsWith('Set-up, '))
const shared = () => world.lines.filter((line) => line.includes('folders that git ignores'))

/** What the task at this place has written into `seen.txt`. */
const seenBy = (place: number): string[] => {
  const upload = world.uploads[place]
  if (upload === undefined) throw new Error(`there is no task ${place}`)
  return taken(world, upload, 'show', '--format=').match(/(?<=^\+)[^+].*$/gm) ?? []
}

const seeing = (what: string) => script(`{ ${what}; } > seen.txt 2>&1; true`)

describe('a folder that git ignores and that stays for each task', needsSandbox, () => {
  const poisoned: Tasks = {
    a: { run: script(`${POISON}; echo a > of-a.txt`), acceptance: CHECK },
    b: { run: script('echo b > of-b.txt'), acceptance: CHECK },
  }

  it('is for each task what the set-up made: what commands of one change there lets no check of another pass', async () => {
    inTurn(poisoned, { setup: [script(INSTALL)] })
    await world.start()
    // Commands of one task share it, so that one can install what the next one needs.
    expect(kinds()).toEqual(['done', 'failed'])
    expect(setUps()).toHaveLength(1)
    expect(readFileSync(join(world.tree, 'ignored/bin/tsc'), 'utf8')).toBe('exit 1\n')
  })

  it('is the same if steps of the workflow made it', async () => {
    mkdirSync(join(world.tree, 'ignored/bin'), { recursive: true })
    writeFileSync(join(world.tree, 'ignored/bin/tsc'), 'exit 1\n')
    inTurn(poisoned)
    await world.start()
    expect(kinds()).toEqual(['done', 'failed'])
  })

  it('is not made again after a task that installed by another lock file: it found its own', async () => {
    const install = script('cat x.lock > ignored/lock 2>&1; true')
    inTurn(
      {
        a: { run: script('echo one > x.lock; cp x.lock ignored/lock') },
        b: { run: seeing('cat ignored/lock') },
      },
      { setup: [script('mkdir -p ignored'), install] },
    )
    await world.start()
    expect(setUps()).toHaveLength(2)
    expect(seenBy(1)).toEqual([expect.stringContaining('No such file')])
  })

  it('leaves nothing of a task’s changes on the disk, whatever modes its commands gave to them', async () => {
    const shut = 'mkdir -p ignored/a/b; rm -r ignored/bin; chmod 0 ignored/a/b ignored/a; echo a > of-a.txt'
    inTurn({ a: { run: script(shut) } }, { setup: [script(INSTALL)] })
    await world.start()
    expect(kinds()).toEqual(['done'])
    expect(readdirSync(join(world.tree, '../temp'))).toEqual([])
    expect(existsSync(join(world.tree, 'ignored/bin/tsc'))).toBe(true)
  })

  it('is seen by git once a task has it no longer ignored: what is accepted is what is handed over', async () => {
    const opens = 'rm .gitignore && echo changed > ignored/bin/tsc && echo a > of-a.txt'
    const acceptance = { argv: script('cat ignored/bin/tsc'), expect: '' }
    inTurn(
      { a: { run: script(opens), acceptance }, b: { run: seeing('cat ignored/bin/tsc') } },
      { setup: [script(INSTALL)] },
    )
    await world.start()
    const [first] = world.uploads
    expect(first?.result.outcome).toMatchObject({ kind: 'done', report: { acceptanceLog: 'exit 1\n' } })
    expect(seenBy(0)).toContain('exit 1')
    // The folder is part of a commit now, and the set-up makes it again.
    expect(setUps()).toHaveLength(2)
    expect(seenBy(1)).toEqual(['exit 1'])
  })

  it('is private up to fifty of them, those nearest to the root first, and the slot says what is not', async () => {
    const all = 'for i in $(seq 55); do mkdir -p d$i/ignored; done; mkdir -p a/b/c/ignored ignored'
    const every = (what: string) =>
      `find . -name ignored -not -path './.git/*' | sort | while read -r d; do ${what}; done`
    inTurn(
      { a: { run: script(`${every('echo x > "$d/x"')}; echo a > of-a.txt`) }, b: { run: seeing(every('ls "$d"')) } },
      { setup: [script(all)] },
    )
    await world.start()
    expect(seenBy(1)).toHaveLength(7)
    expect(existsSync(join(world.tree, 'ignored/x'))).toBe(false)
    expect(existsSync(join(world.tree, 'a/b/c/ignored/x'))).toBe(true)
    expect(shared()).toEqual([
      'Of 57 folders that git ignores, 50 are private to a task: what commands change in others stays.',
    ])
  })
})

describe('a machine that cannot keep changes in ignored folders apart', () => {
  const tasks: Tasks = {
    a: { run: script('echo a > ignored/by-a; echo x > x.lock') },
    b: { run: seeing('ls ignored') },
  }
  const settings = { setup: [script('mkdir -p ignored; echo 1 > ignored/made')] }

  /** A sandbox whose commands fail if there is a layer to lay, as with a kernel that has none. */
  const refusing =
    (probe: WorkDeps['probe']): WorkDeps['probe'] =>
    async (...wanted) => {
      const found = await probe(...wanted)
      if (!found.ok) return found
      const run: Sandbox['run'] = async (argv, options: CommandOptions) =>
        options.layers === undefined
          ? found.sandbox.run(argv, options)
          : { exitCode: 32, log: 'mount: no overlay\n', seconds: 0, timedOut: false }
      return { ok: true, sandbox: { ...found.sandbox, run } }
    }

  it('works as before, says so, and runs the set-up again if lock files have changed', needsSandbox, async () => {
    const { probe } = await world.parts()
    inTurn(tasks, settings)
    await world.start({ probe: refusing(probe) })
    expect(shared()[0]).toBe(
      'What commands change in folders that git ignores stays there for later tasks: mount: no overlay',
    )
    expect(kinds()).toEqual(['done', 'done'])
    expect(setUps()).toHaveLength(2)
    expect(seenBy(1)).toEqual(['made'])
  })

  it('works as before with `sandbox: off`', async () => {
    inTurn(
      { a: { run: script('echo a > ignored/by-a; echo x > x.txt') }, b: { run: seeing('ls ignored') } },
      {
        ...settings,
        sandbox: 'off',
      },
    )
    await world.start()
    expect(seenBy(1)).toEqual(['by-a', 'made'])
    expect(setUps()).toHaveLength(1)
  })
})
