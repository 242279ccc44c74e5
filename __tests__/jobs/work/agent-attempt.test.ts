import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resultArtifact } from '../../../src/adapters/github/slots.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import type { TaskAssignment } from '../../../src/core/slots/assignment.ts'
import { parseResultName } from '../../../src/core/slots/slot-result.ts'
import { parseTranscript } from '../../../src/core/slots/transcript.ts'
import { journalView } from '../../../src/jobs/work/journal-view.ts'
import { performTask } from '../../../src/jobs/work/run-slot.ts'
import { agentTask, asked, bash, create, finish, meanwhile, run, says, slotWith } from '../../support/agent-slot.ts'
import { fails, saidModel } from '../../support/said-model.ts'
import { needsSandbox } from '../../support/sandbox.ts'
import {
  assign,
  begin,
  oneTask,
  only,
  RUN,
  SLOT,
  type SlotWorld,
  script,
  slotWorld,
  taken,
} from '../../support/slot.ts'
import { PUBLIC, smallInternet } from '../../support/small-internet.ts'
import { openRegistry } from '../../support/small-registry.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const outcome = () => only(world.uploads).result.outcome

const landed = (...words: string[]): string => taken(world, only(world.uploads), ...words)
const changed = () => landed('show', '--format=', '--name-only').split('\n')

const holdsB = { argv: script('cat a/b.txt && ! grep -q wrong a/b.txt'), expect: '' }

it('asks the model of a worker with the effort that the settings name for work', async () => {
  agentTask(world, { acceptance: holdsB }, { effort: { work: 'low', plan: 'high' } })
  const { model, deeds } = slotWith(world, [says(create('a/b.txt', 'b\n')), says(finish('Added b'))])
  await deeds
  expect(model.requests.map(({ effort }) => effort)).toEqual(['low', 'low'])
})

describe('a model that is overloaded', () => {
  const passes = { argv: script('test -f a/b.txt && test -f a/c.txt'), expect: '' }

  it('takes no time of the task while the slot waits for it', async () => {
    agentTask(world, { acceptance: passes, timeout_minutes: 60 })
    const waits = meanwhile(
      (request) => {
        request.onPause?.({ seconds: 4000, failure: { reason: 'overloaded', detail: '529', since: '' } })
        world.clock.advance(4000)
      },
      says(create('a/b.txt', 'b\n'), create('a/c.txt', 'c\n')),
    )
    const { model, deeds } = slotWith(world, [waits, says(finish('Added both'))])
    await deeds
    expect(outcome()).toMatchObject({ kind: 'done' })
    expect(outcome().report.workSeconds).toBeLessThan(60)
    expect(model.requests[0]?.retrySeconds).toBe(600)
  })

  it('is waited for no longer than the slot may live', async () => {
    agentTask(world, { acceptance: passes }, { slots: { life_minutes: 4 } })
    const { model, deeds } = slotWith(world, [fails('overloaded')])
    await deeds
    expect(model.requests[0]?.retrySeconds).toBe(240)
  })

  it('parks the task with what was done, and the next attempt goes on from there', async () => {
    agentTask(world, { acceptance: passes })
    world.onUpload(({ result: { attempt, outcome }, bundle }) => {
      if (attempt > 1 || outcome.kind !== 'failed' || bundle === null)
        return world.happens({ type: 'run_cancelled', why: 'the test is over' })
      const { failure, head } = outcome
      world.git('bundle', 'unbundle', bundle)
      world.happens({ type: 'task_failed', task: 'a', attempt, head, failure, final: false })
      assign(world, 'a', { attempt: 2, allowance: 1 })
    })
    const { model, deeds } = slotWith(world, [
      says(create('a/b.txt', 'b\n')),
      fails('overloaded'),
      meanwhile(() => expect(existsSync(join(world.tree, 'a/b.txt'))).toBe(true), says(create('a/c.txt', 'c\n'))),
      says(finish('Added the other')),
    ])
    await world.passTime(deeds)
    const [parked, done] = world.uploads
    expect(parked?.result.outcome).toMatchObject({
      failure: { reason: 'model-busy', detail: 'overloaded: said: overloaded' },
    })
    expect(done?.result.outcome).toMatchObject({ kind: 'done', report: { handOff: { files: ['a/b.txt', 'a/c.txt'] } } })
    const told = asked(model.requests[2] as never)
    expect(told).toMatch(/What attempt 1 had changed \(it is in your files: go on from there\)[\s\S]*\+b/)
    expect(told).toContain('it was interrupted, since the model gave no answer')
  })

  it('has been so since the attempt before, if it answers nothing in this one', async () => {
    agentTask(world, { acceptance: passes })
    const failure = {
      reason: 'model-busy',
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-01-01T00:10:00.000Z',
      detail: '',
    } as const
    world.happens({ type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: false })
    assign(world, 'a', { attempt: 2, allowance: 1 })
    const { deeds } = slotWith(world, [fails('unreachable')])
    await world.passTime(deeds)
    expect(outcome()).toMatchObject({ failure: { reason: 'model-busy', since: failure.since } })
  })
})

describe('a task without a program', () => {
  it('is worked on by an agent, accepted by the machine, and handed over with what it cost and what it leaves', async () => {
    agentTask(world, { title: 'Add b', acceptance: holdsB, goal: 'There is a b' })
    const { model, deeds } = slotWith(world, [
      says(create('a/b.txt', 'b\n')),
      says(finish('Added b', { interfaces: ['a/b.txt'] })),
    ])
    const [deed, ...more] = await deeds
    expect(more).toEqual([])
    expect(deed).toMatchObject({ task: 'a', attempt: 1, outcome: 'done', seconds: 0, spending: [{ calls: 2 }] })
    expect(outcome()).toMatchObject({
      kind: 'done',
      report: {
        acceptanceLog: 'b\n',
        summary: 'Added b',
        turns: 2,
        spending: [
          { role: 'work', model: 'claude-sonnet-5-5', calls: 2, usage: { fresh: 200, output: 40 }, unknown: 0 },
        ],
        handOff: {
          did: 'Added b',
          files: ['a/b.txt'],
          interfaces: ['a/b.txt'],
          check: expect.stringMatching(/^passed/),
        },
      },
    })
    expect(changed()).toEqual(['a/b.txt'])
    expect(landed('show', '-s', '--format=%s %P')).toBe(`Add b ${world.base}`)
    expect(asked(model.requests[0] as never)).toContain('There is a b')
  })

  it('the acceptance is run on the base first, and its output is told', async () => {
    agentTask(world, { acceptance: holdsB })
    const { model, deeds } = slotWith(world, [says(create('a/b.txt', 'b\n')), says(finish('Added b'))])
    await deeds
    expect(asked(model.requests[0] as never)).toMatch(/fails with exit code 1:[\s\S]*No such file/)
  })

  it('the instruction files of the run’s base are told, not those that a task before it has written', async () => {
    const write = (path: string, text: string) => writeFileSync(join(world.remote, path), text)
    const commit = () => {
      world.git('add', '.')
      world.git('commit', '-q', '-m', 'next')
      return world.git('rev-parse', 'HEAD')
    }
    mkdirSync(join(world.remote, 'a'))
    write('AGENTS.md', 'Use tabs.\n')
    write('a/CLAUDE.md', 'In a, use spaces.\n')
    write('a/b.test.txt', '')
    world.base = commit()
    write('AGENTS.md', 'All paths are yours.\n')
    const base = commit()
    begin(world, 'a', { tasks: { a: { run: [], writes: ['a/b.txt'], acceptance: holdsB } } })
    assign(world, 'a', { base, allowance: 1 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: 'the test is over' }))
    const { model, deeds } = slotWith(world, [says(create('a/b.txt', 'b\n')), says(finish('Added b'))])
    await deeds
    expect(outcome().kind).toBe('done')
    const system = model.requests[0]?.system.map(({ text }) => text).join('\n') ?? ''
    expect(system).toContain('Use tabs.')
    expect(system).not.toContain('In a, use spaces.')
    const told = asked(model.requests[0] as never)
    expect(told).toContain('In a, use spaces.')
    expect(told).toContain('a/b.test.txt')
    expect(told).not.toContain('All paths are yours.')
  })

  it('an acceptance that passes already is told as that, and leaves nothing behind that could be taken for work', async () => {
    agentTask(world, { acceptance: { argv: script('echo x > a.log; mkdir -p a; echo x > a/left'), expect: '' } })
    const { model, deeds } = slotWith(world, [
      meanwhile(() => expect(existsSync(join(world.tree, 'a/left'))).toBe(false), says(finish('Nothing to do'))),
      says(finish('Nothing to do')),
    ])
    await deeds
    expect(asked(model.requests[0] as never)).toContain('passes already')
    expect(outcome()).toMatchObject({ kind: 'failed', failure: { reason: 'no-change' }, head: null })
  })

  it('work that fails twice goes back twice, and passes the third time; it is one commit', async () => {
    agentTask(world, { acceptance: { argv: script('cat a/b.txt; test "$(cat a/b.txt)" = three'), expect: '' } })
    const edit = (old: string, by: string) => ({ name: 'edit', input: { path: 'a/b.txt', edits: [{ old, new: by }] } })
    const { model, deeds } = slotWith(world, [
      says(create('a/b.txt', 'one\n'), finish('One')),
      says(edit('one', 'two'), finish('Two')),
      says(edit('two', 'three'), finish('Three')),
    ])
    await deeds
    expect(outcome()).toMatchObject({ kind: 'done', report: { turns: 3, handOff: { did: 'Three' } } })
    expect(asked(model.requests[1] as never)).toMatch(/was not accepted[\s\S]*one[\s\S]*\+one/)
    expect(landed('rev-list', '--count')).toBe('2')
    expect(landed('show', '--format=')).toContain('+three')
  })

  it('the same failure twice in a row ends it, and the work so far is handed over', async () => {
    agentTask(world, { acceptance: { argv: script('echo $(date +%s%N) tries; exit 3'), expect: '' } })
    const { deeds } = slotWith(world, [says(create('a/b.txt', 'b\n'), finish('One')), says(finish('Two'))])
    await deeds
    expect(outcome()).toMatchObject({
      kind: 'failed',
      failure: { reason: 'acceptance-failed', exitCode: 3 },
      report: { turns: 2, spending: [{ calls: 2 }], handOff: { check: expect.stringMatching(/^not passed/) } },
    })
    expect(changed()).toEqual(['a/b.txt'])
  })

  it('what commands leave outside of its paths is put back before it is checked, and the agent hears of it', async () => {
    const generate = script('echo made > by-product; echo spoilt > a.txt; mkdir -p a; echo c > a/c.txt')
    begin(world, 'a', {
      verification: [{ argv: generate }],
      tasks: {
        a: {
          run: [],
          acceptance: { argv: script('cat a/b.txt && test ! -e by-product && grep -q ^a a.txt'), expect: '' },
        },
      },
    })
    assign(world, 'a', { allowance: 1 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    const { model, deeds } = slotWith(world, [
      says(run(...generate), finish('Ran it')),
      says(create('a/b.txt', 'b\n'), finish('And b')),
    ])
    await deeds
    expect(asked(model.requests[1] as never)).toMatch(/put back: a\.txt, by-product/)
    expect(outcome()).toMatchObject({ kind: 'done' })
    expect(changed()).toEqual(['a/b.txt', 'a/c.txt'])
  })

  it('runs no command but those of the plan, and changes no path but its own', async () => {
    agentTask(world)
    const { model, deeds } = slotWith(world, [
      says(run('sh', '-c', 'touch pwned'), create('a.txt2', 'x'), create('.git/config', 'x'), create('../x', 'x')),
      says(create('a/b.txt', 'b\n'), finish('b')),
    ])
    await deeds
    expect(
      asked(model.requests[1] as never).match(/not in the plan|none of this task's paths|out of bounds/g),
    ).toHaveLength(3)
    expect(changed()).toEqual(['a/b.txt'])
  })
})

describe('its limits', () => {
  it('turns: what was done by then is handed over', async () => {
    agentTask(world, {}, { limits: { turns: 2 } })
    const { deeds } = slotWith(world, [says(create('a/b.txt', 'b\n')), says(create('a/c.txt', 'c\n'))])
    await deeds
    expect(outcome()).toMatchObject({ failure: { reason: 'agent-stopped', why: 'turns' }, report: { turns: 2 } })
    expect(changed()).toEqual(['a/b.txt', 'a/c.txt'])
  })

  it('time: an answer that takes too long is broken off, and what was done by then is handed over', async () => {
    agentTask(world, { timeout_minutes: 10 })
    let begun = () => {}
    const thinks = new Promise<void>((go) => {
      begun = go
    })
    const { deeds } = slotWith(world, [
      says(create('a/b.txt', 'b\n')),
      async ({ signal }) => {
        begun()
        await new Promise((go) => signal.addEventListener('abort', go))
        return fails('aborted', { fresh: 10, cached: 0, written: 0, output: 0 }, true)
      },
    ])
    // On a busy machine its commands would else take hours of our time.
    await thinks
    await world.passTime(deeds, 30)
    expect(outcome()).toMatchObject({ failure: { reason: 'timed-out', minutes: 10 }, report: { turns: 1 } })
    expect(changed()).toEqual(['a/b.txt'])
    const { report } = outcome()
    // Nobody can say what the broken call has cost: all that was set aside for it counts.
    expect(report.spending?.[0]).toMatchObject({ calls: 2, unknown: expect.closeTo(0.2, 0) })
  })

  it('money: the allowance of the attempt is never passed, and a call that could pass it is not made', async () => {
    begin(world, 'a', { tasks: { a: { run: [] } } })
    assign(world, 'a', { allowance: 0.1 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    const usage = { fresh: 20_000, cached: 0, written: 0, output: 1000 }
    const dear = (request: { maxTokens: number }) => {
      expect(request.maxTokens).toBeLessThan(20_000)
      return {
        ok: true,
        stop: 'calls',
        blocks: [{ kind: 'call', id: 'c', ...create('a/b.txt', 'b\n') }],
        usage,
        unsure: false,
      } as const
    }
    const { deeds } = slotWith(world, [dear, dear])
    await deeds
    const { report } = outcome()
    expect(outcome()).toMatchObject({ failure: { reason: 'allowance-spent', usd: 0.1 } })
    expect(report.spending?.[0]?.usd).toBeLessThanOrEqual(0.1)
    expect(report.spending?.[0]?.usd).toBeGreaterThan(0)
  })

  it('no money set aside, no key, no price: nobody is asked, and the failure says what to do', async () => {
    const failureOf = async (start: () => unknown, settings = {}, allowance?: number) => {
      oneTask(world, { run: [] }, settings, { allowance })
      await start()
      const { failure, report } = outcome() as Extract<ReturnType<typeof outcome>, { kind: 'failed' }>
      world.remove()
      world = slotWorld()
      return [failure, report.spending]
    }
    const silent = () => slotWith(world, []).deeds
    expect(await failureOf(silent)).toMatchObject([{ reason: 'allowance-spent', usd: 0 }, []])
    expect(await failureOf(() => world.start(), {}, 1)).toMatchObject([
      { reason: 'model-failed', detail: expect.stringContaining('ANTHROPIC_API_KEY') },
      [],
    ])
    expect(await failureOf(silent, { worker_model: { default: 'unheard-of' } }, 1)).toMatchObject([
      { reason: 'model-failed', detail: expect.stringMatching(/unheard-of has no price.*prices/) },
      [],
    ])
  })

  it('from the third try on the model is a stronger one', async () => {
    begin(world, 'a', { tasks: { a: { run: [] } } })
    const failure = { reason: 'no-change' } as const
    for (const attempt of [1, 2]) {
      assign(world, 'a', { attempt })
      world.happens({ type: 'task_failed', task: 'a', attempt, head: null, failure, final: false })
    }
    assign(world, 'a', { attempt: 3, allowance: 1 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    const { model, deeds } = slotWith(world, [says(create('a/b.txt', 'b\n'), finish('b'))])
    await deeds
    expect(model.requests[0]?.model).toBe('claude-opus-5-5')
    expect(asked(model.requests[0] as never)).toContain('Attempt 2: nothing was changed')
  })
})

describe('while it works', () => {
  /** The journal is looked at again. */
  const pass = async () => {
    const before = world.looks()
    while (world.looks() === before) {
      world.clock.advance(2)
      await new Promise((go) => setTimeout(go, 2))
    }
    await new Promise((go) => setTimeout(go, 5))
  }

  it('what people say reaches it at its next turn', async () => {
    agentTask(world)
    const steer = async () => {
      world.happens({ type: 'task_steered', task: 'a', words: 'call it c' })
      await pass()
    }
    const { model, deeds } = slotWith(world, [
      meanwhile(steer, says(create('a/b.txt', 'b\n'))),
      says(create('a/c.txt', 'c\n'), finish('c')),
    ])
    await deeds
    expect(asked(model.requests[0] as never)).not.toContain('call it c')
    expect(asked(model.requests[1] as never)).toMatch(
      /says to you, while you work:[\s\S]*words of tributary[\s\S]*call it c/,
    )
  })

  it.each([
    ['the task is cancelled', () => world.happens({ type: 'task_cancelled', task: 'a' })],
    ['the run is cancelled', () => world.happens({ type: 'run_cancelled', why: 'enough' })],
    [
      'the task is given to somebody else',
      () => {
        world.happens({ type: 'task_returned', task: 'a', attempt: 1, slot: SLOT })
        assign(world, 'a', { attempt: 2, slot: 'r2-1', allowance: 1 })
      },
    ],
  ])('%s: no further call of a tool, nothing is handed over', async (_name, happens) => {
    agentTask(world, {}, { slots: { idle_seconds: 10 } })
    let aborted = false
    const { model, deeds } = slotWith(world, [
      says(create('a/b.txt', 'b\n')),
      meanwhile(
        async ({ signal }) => {
          happens()
          await pass()
          aborted = signal.aborted
        },
        says(create('a/c.txt', 'c\n')),
      ),
    ])
    const [deed] = await world.passTime(deeds)
    expect(deed?.outcome).toBe('stopped, no longer wanted')
    expect([aborted, existsSync(join(world.tree, 'a/c.txt'))]).toEqual([true, false])
    expect([world.uploads, world.transcripts, model.requests.length]).toEqual([[], [], 2])
  })

  it('a task that nobody has approved is given to no slot, whatever the journal was made to say', async () => {
    begin(world, 'a, b', { tasks: { a: { run: [] }, b: { run: [] } } }, { slots: { idle_seconds: 10 } }, ['b'])
    assign(world, 'a', { allowance: 1 })
    const { model, deeds } = slotWith(world, [])
    expect(await world.passTime(deeds)).toEqual([])
    expect([world.uploads, model.requests]).toEqual([[], []])
  })

  it('a task that nobody has approved gets no call of a tool through, when somebody forces a slot to work on it', async () => {
    begin(world, 'a, b', { tasks: { a: { run: [], acceptance: holdsB }, b: { run: [] } } }, {}, ['b'])
    assign(world, 'a', { allowance: 1 })
    const model = saidModel([says(create('a/b.txt', 'b\n'), finish('b'))])
    const deps = await world.parts({ model })
    const who = { run: RUN, slot: SLOT }
    const view = journalView(deps, RUN)
    await view.refresh()
    const forced: TaskAssignment = {
      kind: 'task',
      task: 'a',
      attempt: 1,
      base: world.base,
      title: 'Task a',
      worker: 'agent',
      program: [],
      acceptance: holdsB.argv,
      minutes: 10,
      mayChangeNothing: false,
      notes: [],
      commits: defaultSettings.commits,
      sandbox: 'bubblewrap',
    }
    const performed = performTask(deps, { ...who, leaveAt: new Date(9e12) }, view, forced, new AbortController().signal)
    expect((await performed).outcome).toMatchObject({
      kind: 'failed',
      head: null,
      failure: { reason: 'not-approved', detail: 'the plan that holds a is not approved' },
    })
    expect([model.requests.length, existsSync(join(world.tree, 'a/b.txt'))]).toEqual([1, false])
  })
})

it('uses no tool by a journal that nobody could read for a minute: the run may have been cancelled', async () => {
  agentTask(world, { acceptance: holdsB })
  const cutOff = async () => {
    world.fails.looks = 6
    world.happens({ type: 'run_cancelled', why: '' })
    await world.clock.wait(90)
  }
  const { model, deeds } = slotWith(world, [meanwhile(cutOff, says(create('a/b.txt', 'b\n'))), says(finish('b'))])
  expect(await world.passTime(deeds)).toMatchObject([{ outcome: 'stopped, no longer wanted' }])
  expect([model.requests.length, existsSync(join(world.tree, 'a/b.txt')), world.uploads]).toEqual([1, false, []])
})

it('goes on where the journal can be read again and still wants the work', async () => {
  agentTask(world, { acceptance: holdsB })
  const cutOff = async () => {
    world.fails.looks = 6
    await world.clock.wait(90)
  }
  const { model, deeds } = slotWith(world, [meanwhile(cutOff, says(create('a/b.txt', 'b\n'))), says(finish('b'))])
  expect(await world.passTime(deeds)).toMatchObject([{ outcome: 'done' }])
  expect(model.requests.length).toBe(2)
})

describe('a conflict', () => {
  it('both intents are told with its earlier work, both acceptances are run, and what it is shows in the report', async () => {
    const commit = (path: string, text: string, parent: string) => {
      world.git('checkout', '-q', '--detach', parent)
      writeFileSync(join(world.remote, path), text)
      world.git('add', '.')
      world.git('commit', '-q', '-m', path)
      return world.git('rev-parse', 'HEAD')
    }
    const own = commit('both.txt', 'of a\n', world.base)
    const other = commit('both.txt', 'of b\n', world.base)
    world.git('update-ref', 'refs/tributary/42/attempts/a-1', own)
    const says2 = (word: string) => ({
      argv: script(`grep -q '${word}' both.txt || { echo no ${word}; exit 1; }`),
      expect: '',
    })
    begin(world, 'a, b', {
      tasks: {
        a: { run: [], goal: 'Goal of a', writes: ['both.txt'], acceptance: says2('of a') },
        b: { run: [], goal: 'Goal of b', writes: ['both.txt'], acceptance: says2('of b') },
      },
    })
    const handOff = {
      did: 'Did b',
      files: ['both.txt'],
      interfaces: [],
      decisions: [],
      caveats: [],
      follow_ups: [],
      check: '',
    }
    const report = { workSeconds: 1, acceptanceSeconds: 1, acceptanceLog: '', summary: '', sandbox: 'x' }
    for (const [task, head] of [
      ['a', own],
      ['b', other],
    ] as const) {
      assign(world, task, { slot: 'r9-1', allowance: 1 })
      world.happens(
        { type: 'task_verified', task, attempt: 1, head, tree: head, report: { ...report, handOff } },
        { type: 'task_landed', task, attempt: 1 },
      )
    }
    world.happens({ type: 'task_conflicted', task: 'a', with: ['b'], paths: ['both.txt'], onto: [other], final: false })
    assign(world, 'a', { attempt: 2, base: other, allowance: 1 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    const edit = (old: string, by: string) => ({ name: 'edit', input: { path: 'both.txt', edits: [{ old, new: by }] } })
    const { model, deeds } = slotWith(world, [
      says(edit('of b', 'of a'), finish('Put a in')),
      says(edit('of a', 'of a\nof b'), finish('Both')),
    ])
    await deeds
    const brief = asked(model.requests[0] as never)
    for (const part of ['A conflict to settle', 'Goal of a', 'Goal of b', 'Did b', '`both.txt`', '+of a', 'no of a'])
      expect(brief).toContain(part)
    expect(asked(model.requests[1] as never)).toContain('no of b')
    expect(outcome()).toMatchObject({
      kind: 'done',
      report: { resolved: ['b'], spending: [{ role: 'resolve' }], handOff: { did: 'Both' } },
    })
    expect(landed('show', '--format=%P', '--name-only')).toBe(`${other}\n\nboth.txt`)
  })
})

describe('its transcript', () => {
  it('is uploaded once the result is there, under a name that nobody takes for a result, with no secret in it', async () => {
    agentTask(world, { acceptance: { argv: script('echo token ghs_abcdefgh; cat a/b.txt'), expect: '' } })
    let known: number | null = null
    const { deeds } = slotWith(world, [says(create('a/b.txt', 'b\n')), says(finish('Saw ghs_abcdefgh'))])
    world.onUpload(() => {
      known = world.transcripts.length
      world.happens({ type: 'run_cancelled', why: '' })
    })
    await deeds
    const [transcript] = world.transcripts
    const name = 'tributary-42-a-1-transcript'
    expect([known, transcript?.name]).toEqual([0, name])
    expect([
      parseResultName(name),
      resultArtifact({ id: 1, name, expired: false }, { run: RUN, workflowRun: 7 }),
    ]).toEqual([null, null])
    const lines = (transcript?.text ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string })
    expect(lines.map(({ kind }) => kind)).toEqual(['baseline', 'turn', 'turn', 'turn', 'turn', 'turn', 'check'])
    const read = parseTranscript(transcript?.text ?? '')
    expect([read.lines.map(({ kind }) => kind), read.unread]).toEqual([lines.map(({ kind }) => kind), 0])
    expect(`${transcript?.text} ${JSON.stringify(world.uploads)}`).not.toContain('ghs_abcdefgh')
    expect(outcome()).toMatchObject({ report: { summary: 'Saw ***' } })
  })

  it('grows in the scratch folder of its job, line by line', async () => {
    agentTask(world)
    const grown = () => readFileSync(join(world.tree, '..', 'temp', 'tributary-42-a-1-transcript.jsonl'), 'utf8')
    const seen: number[] = []
    const look = () => void seen.push(parseTranscript(grown()).lines.length)
    const { deeds } = slotWith(world, [
      meanwhile(look, says(create('a/b.txt', 'b\n'))),
      meanwhile(look, says(finish('Done'))),
    ])
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await deeds
    expect(seen).toEqual([2, 4])
    expect(grown()).toBe(world.transcripts[0]?.text)
  })

  it('is kept of a failed attempt too; one that cannot be uploaded is only told of', async () => {
    agentTask(world, {}, { limits: { turns: 1 } })
    world.fails.transcripts = 1
    const { deeds } = slotWith(world, [says(create('a/b.txt', 'b\n'))])
    expect(await deeds).toHaveLength(1)
    expect(world.uploads).toHaveLength(1)
    expect(world.lines.join('\n')).toContain('tributary-42-a-1-transcript could not be uploaded: the upload broke off')
  })
})

describe('an agent with an allowed host', needsSandbox, () => {
  const NPM = 'npm --no-audit --no-fund --registry http://registry.example/'

  it('adds a dependency through the proxy, and hears at once which host it did not reach', async () => {
    const registry = await openRegistry(['padder'])
    world.remove()
    world = slotWorld({ internet: smallInternet({ 'registry.example': [PUBLIC] }, { 80: registry.port }) })
    agentTask(
      world,
      {
        writes: ['package.json', 'package-lock.json', '.gitignore'],
        acceptance: { argv: script(`${NPM} ci && node -p "require('padder')"`), expect: '' },
      },
      { agent_commands: 'sandboxed', network: { allow: ['registry.example'] } },
    )
    const { model, deeds } = slotWith(world, [
      says(bash(`echo '{"name":"mine"}' > package.json; echo node_modules > .gitignore; ${NPM} install padder`)),
      says(bash('curl -sS https://evil.example/')),
      says(finish('Added padder')),
    ])
    await deeds
    registry.close()
    expect(outcome()).toMatchObject({
      kind: 'done',
      report: {
        acceptanceLog: expect.stringContaining('padded\n'),
        refusedHosts: [{ host: 'evil.example', why: 'not-listed', requests: 1 }],
      },
    })
    expect(changed()).toEqual(['.gitignore', 'package-lock.json', 'package.json'])
    expect(asked(model.requests[0] as never)).toContain('Commands reach `registry.example`, by HTTPS')
    expect(asked(model.requests[1] as never)).toContain('added 1 package')
    expect(asked(model.requests[2] as never)).toContain('"evil.example", 1 request: `network.allow`')
  })
})
