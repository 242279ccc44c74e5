import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usdOf } from '../../../src/core/money/usage.ts'
import { agentTask, asked, create, finish, meanwhile, says, slotWith } from '../../support/agent-slot.ts'
import type { Said } from '../../support/said-model.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import { assign, oneTask, only, type SlotWorld, script, slotWorld } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const acceptance = { argv: script('test -f a/b.txt'), expect: '' }
const inTree = (path: string) => join(world.tree, path)
const write = (path: string, text: string) => {
  mkdirSync(join(inTree(path), '..'), { recursive: true })
  writeFileSync(inTree(path), text)
}

/** Something happens in the tree, and the clock goes on for so many seconds; then so does the work, once `when` says so. */
async function passes(seconds: number, when: () => boolean): Promise<void> {
  world.clock.advance(seconds)
  await expect.poll(when, { timeout: 20_000 }).toBe(true)
}
const checkpointed = (count: number) => passes(300, () => world.checkpoints.length === count)
const told = (words: string) => passes(300, () => world.lines.some((line) => line.includes(words)))

/** The paths of a checkpoint's commit, as the orchestrator sees it. */
function pathsOf(number: number): string[] {
  const { bundle, file } = world.checkpoints[number - 1] ?? expect.fail('no checkpoint')
  world.git('bundle', 'unbundle', bundle)
  expect(world.git('log', '-1', '--format=%P', file.head)).toBe(world.base)
  return world.git('show', '--format=', '--name-only', file.head).split('\n')
}

const worksFor = (...turns: Said[]) => {
  agentTask(world, { acceptance, timeout_minutes: 60 })
  return slotWith(world, [...turns, says(create('a/b.txt', 'b\n')), says(finish('Added b'))]).deeds
}

describe('an agent at work', () => {
  it('leaves every five minutes a commit of what it has changed, and what it did last', async () => {
    await worksFor(
      says(create('a/half.txt', 'half\n')),
      meanwhile(() => checkpointed(1), says(create('a/more.txt', 'more\n'))),
      meanwhile(() => checkpointed(2), says(create('a/last.txt', 'last\n'))),
    )
    const [first, second] = world.checkpoints
    expect(first).toMatchObject({ name: 'tributary-42-a-1-work1', days: 1 })
    expect(first?.file.steps).toEqual(['write {"path":"a/half.txt","text":"half\\n"}'])
    expect(second?.file.steps).toHaveLength(2)
    expect(second?.transcript).toContain('a/more.txt')
    expect([first, second].map((one) => one?.file.spending?.map(({ calls }) => calls))).toEqual([[1], [2]])
    const [spent, more] = [first, second].map((one) => usdOf(one?.file.spending ?? []))
    expect(more).toBeGreaterThan(spent ?? 0)
    expect([pathsOf(1), pathsOf(2)]).toEqual([['a/half.txt'], ['a/half.txt', 'a/more.txt']])
  })

  it('leaves the newest alone, and none once its result is there', async () => {
    const standing: string[] = []
    const look = () => standing.push(world.checkpoints.map(({ removed }) => (removed ? 'gone' : 'there')).join())
    await worksFor(
      says(create('a/half.txt', 'half\n')),
      meanwhile(() => checkpointed(1), says(create('a/more.txt', 'more\n'))),
      meanwhile(
        async () => {
          await checkpointed(2)
          await expect.poll(() => world.checkpoints[0]?.removed).toBe(true)
          look()
        },
        says(create('a/last.txt', 'last\n')),
      ),
    )
    look()
    expect(standing).toEqual(['gone,there', 'gone,gone'])
    expect(only(world.uploads).result.outcome).toMatchObject({ kind: 'done' })
  })

  it('leaves nothing where nothing has changed since the last time', async () => {
    await worksFor(
      says(create('a/half.txt', 'half\n')),
      meanwhile(() => checkpointed(1), says(create('a/half.txt', 'half\n'))),
      meanwhile(
        async () => {
          world.clock.advance(300)
          write('a/other.txt', 'other\n')
          await checkpointed(2)
        },
        says(create('a/last.txt', 'last\n')),
      ),
    )
    expect(world.checkpoints.map(({ name }) => name)).toHaveLength(2)
  })

  it('goes on if a checkpoint cannot be uploaded, which is told, and the next one comes in its time', async () => {
    world.fails.checkpoints = 1
    await worksFor(
      says(create('a/half.txt', 'half\n')),
      meanwhile(() => told('could not be kept, and goes on: the upload broke off'), says(create('a/more.txt', '\n'))),
      meanwhile(() => checkpointed(1), says(create('a/last.txt', 'last\n'))),
    )
    expect(world.checkpoints.map(({ name }) => name)).toEqual(['tributary-42-a-1-work2'])
    expect(only(world.uploads).result.outcome).toMatchObject({ kind: 'done' })
  })

  it('keeps back what holds a secret', async () => {
    await worksFor(
      says(create('a/half.txt', 'x ghs_abcdefgh\n')),
      meanwhile(() => told('goes on: secret-in-diff'), says(create('a/half.txt', 'none\n'))),
    )
    expect(world.checkpoints).toEqual([])
  })
})

describe('a checkpoint in the middle of a command', () => {
  const takes = async (act: () => void, after = () => {}) => {
    await worksFor(
      says(create('a/half.txt', 'half\n')),
      meanwhile(
        async () => {
          act()
          await checkpointed(1)
          after()
        },
        says(create('a/last.txt', 'last\n')),
      ),
    )
    return pathsOf(1)
  }

  it('holds what the task may write, and nothing beside it', async () => {
    expect(await takes(() => write('beside.txt', 'x'))).toEqual(['a/half.txt'])
    expect(existsSync(inTree('beside.txt'))).toBe(false)
  })

  it.each([
    ['a link', (path: string) => symlinkSync('/etc/hostname', path)],
    ['a hard link', (path: string) => linkSync(inTree('a.txt'), path)],
  ])('holds no content that %s leads to', async (_, make) => {
    expect(await takes(() => make(inTree('a/link.txt')))).toEqual(['a/half.txt'])
  })

  it('reads nothing through a folder that has become a link', async () => {
    const outside = join(world.tree, '..', 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'deep.txt'), 'a secret of the machine')
    const paths = await takes(() => {
      write('a/d/deep.txt', 'mine')
      renameSync(inTree('a/d'), inTree('a/e'))
      symlinkSync(outside, inTree('a/d'))
    })
    expect(paths).toEqual(['a/e/deep.txt', 'a/half.txt'])
  })

  it('leaves alone what a command is using: its pipes, and the index of git', async () => {
    const index = () => readFileSync(inTree('.git/index'), 'base64')
    let before = ''
    const paths = await takes(
      () => {
        execFileSync('/usr/bin/mkfifo', [inTree('a/pipe')])
        before = index()
      },
      () => expect([lstatSync(inTree('a/pipe')).isFIFO(), index()]).toEqual([true, before]),
    )
    expect(paths).toEqual(['a/half.txt'])
  })

  it('knows what is gone, and a file that stands where a folder was', async () => {
    writeFileSync(join(world.remote, 'x'), '')
    mkdirSync(join(world.remote, 'a/old'), { recursive: true })
    for (const name of ['old/one.txt', 'two.txt']) writeFileSync(join(world.remote, 'a', name), 'old\n')
    world.git('add', '.')
    world.git('-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-q', '-m', 'second')
    world.base = world.git('rev-parse', 'HEAD')
    const paths = await takes(() => {
      rmSync(inTree('a/old'), { recursive: true })
      rmSync(inTree('a/two.txt'))
      write('a/old', 'a file now\n')
    })
    expect(paths).toEqual(['a/half.txt', 'a/old', 'a/old/one.txt', 'a/two.txt'])
  })
})

describe('the attempt after a slot that was lost', () => {
  it('goes on from the checkpoint, and its agent is told what was done', async () => {
    agentTask(world, { acceptance })
    const lost = slotWith(world, [
      says(create('a/half.txt', 'half\n')),
      meanwhile(
        async () => {
          await checkpointed(1)
          const { bundle, file } = world.checkpoints[0] ?? expect.fail('no checkpoint')
          world.git('bundle', 'unbundle', bundle)
          const kept = { head: file.head, steps: file.steps }
          world.happens({ type: 'task_returned', task: 'a', attempt: 1, slot: 'r1-1', kept })
          assign(world, 'a', { attempt: 2, allowance: 1 })
        },
        says(create('a/late.txt', 'lost\n')),
      ),
      meanwhile(() => expect(existsSync(inTree('a/half.txt'))).toBe(true), says(create('a/b.txt', 'b\n'))),
      says(finish('Added the rest')),
    ])
    await world.passTime(lost.deeds)
    const { outcome } = only(world.uploads).result
    expect(outcome).toMatchObject({ kind: 'done', report: { handOff: { files: ['a/b.txt', 'a/half.txt'] } } })
    const told = asked(lost.model.requests.at(-1) as never)
    expect(told).toContain('Your files hold the work of attempt 1, which was interrupted: go on from there.')
    expect(told).toMatch(/The last calls of its tools[\s\S]*write \{"path":"a\/half.txt"/)
    expect(told).toMatch(/What attempt 1 had changed \(it is in your files: go on from there\)[\s\S]*\+half/)
  })
})

describe('another agent', needsSandbox, () => {
  it('leaves checkpoints while its one command runs', async () => {
    const lines = 'echo half > a/half.txt; while ! test -f a/go; do sleep 0.05; done; rm a/go; echo b > a/b.txt'
    oneTask(
      world,
      { run: [], acceptance, timeout_minutes: 60 },
      { worker: { command: ['sh', '-c', `mkdir -p a; ${lines}`] } },
    )
    const deeds = world.start()
    await expect.poll(() => existsSync(inTree('a/half.txt')), { timeout: 20_000 }).toBe(true)
    await checkpointed(1)
    writeFileSync(inTree('a/go'), '')
    await deeds
    expect(pathsOf(1)).toEqual(['a/half.txt'])
    expect(only(world.uploads).result.outcome).toMatchObject({ kind: 'done' })
  })
})
