import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { calls, fails, type Said, says } from '../../support/said-model.ts'
import { attempt, atWork, edits, finishes, notAccepted } from './worker-attempt.ts'

const promptText = ({ turns }: ModelRequest): string =>
  JSON.stringify(turns.at(-1)?.blocks.map((block) => ('text' in block ? block.text : '')))
const resultOf = async (answers: readonly Said[], setting: Parameters<typeof attempt>[1] = {}) => {
  const at = attempt(answers, setting)
  return { ...at, result: await at.start() }
}

describe('work that is accepted', () => {
  it('ends with what the agent says and the commit that passed', async () => {
    const { result, checker, files } = await resultOf([edits('b'), finishes('Added b')])
    expect(result).toMatchObject({ failure: null, turns: 2, summary: { did: 'Added b' }, check: { log: 'the log' } })
    expect([checker.commits, checker.checks, files.textOf('src/b.ts')]).toEqual([1, 1, 'b'])
  })

  it('is accepted by the machine alone: what the agent says of it is not asked', async () => {
    const lies = 'All tests pass, the acceptance was run and is green'
    const { result } = await resultOf([finishes(lies), finishes(lies)], {
      verdicts: [notAccepted('x'), notAccepted('x')],
    })
    expect(result.failure).toEqual(notAccepted('x'))
  })
})

describe('work that is not accepted', () => {
  it('goes back with output and diff, twice, and may pass the third time', async () => {
    const { result, model, checker } = await resultOf(
      [edits('b'), finishes(), edits('c'), finishes(), edits('d'), finishes('At last')],
      { verdicts: [notAccepted('first is red'), notAccepted('second is red'), null] },
    )
    expect(result).toMatchObject({ failure: null, turns: 6, summary: { did: 'At last' } })
    expect(checker.checks).toBe(3)
    const [, , afterFirst, , afterSecond] = model.requests
    expect(promptText(afterFirst as ModelRequest)).toMatch(/first is red.*src\/b\.ts.*checked 2 more times/s)
    expect(promptText(afterSecond as ModelRequest)).toMatch(/second is red.*src\/c\.ts.*checked once more/s)
  })

  it('goes back without the diff where git cannot read what a command left, and the work goes on', async () => {
    const at = attempt([finishes(), edits('b'), finishes('At last')], { verdicts: [notAccepted('red'), null] })
    at.files.diff = async () => Promise.reject(new Error('a fifo is in the way'))
    expect(await at.start()).toMatchObject({ failure: null, summary: { did: 'At last' } })
    expect(promptText(at.model.requests[1] as ModelRequest)).toMatch(/red.*cannot be shown.*git cannot read/s)
  })

  it('goes back with a handle to the rest of an output that is cut', async () => {
    const log = Array.from({ length: 2000 }, (_, n) => `line ${n + 1}`).join('\n')
    const reads = calls([{ name: 'output', input: { id: 1, from: 1000, to: 1001 } }])
    const { model } = await resultOf([finishes(), reads, edits('b'), finishes('At last')], {
      verdicts: [notAccepted(log), null],
    })
    expect(promptText(model.requests[1] as ModelRequest)).toContain('output 1 has 2000 lines of it')
    expect(promptText(model.requests[2] as ModelRequest)).toContain('line 1000')
    expect(promptText(model.requests[1] as ModelRequest)).not.toContain('line 1000')
  })

  it('keeps what the last check said where turns end after it', async () => {
    const { result } = await resultOf([finishes(), edits('b'), edits('c')], {
      verdicts: [notAccepted('red')],
      turns: 3,
    })
    expect(result).toMatchObject({
      failure: { reason: 'agent-stopped', why: 'turns', log: 'the log' },
      check: { failure: notAccepted('red'), log: 'the log' },
    })
  })

  it('fails with the last failure when it was handed in three times', async () => {
    const verdicts = ['one', 'two', 'three'].map(notAccepted)
    const { result } = await resultOf([finishes(), finishes(), finishes()], { verdicts })
    expect(result).toMatchObject({ failure: notAccepted('three'), turns: 3 })
  })

  it('the same failure twice in a row stops it, whatever time it took', async () => {
    const { result, model } = await resultOf([finishes(), edits('b'), finishes()], {
      verdicts: [notAccepted('red after 1.25 s'), notAccepted('red after 0.75 s')],
    })
    expect(result.failure).toEqual(notAccepted('red after 0.75 s'))
    expect(model.requests).toHaveLength(3)
  })

  it('is not given back when the time is over', async () => {
    const failure: TaskFailure = { reason: 'timed-out', minutes: 30, log: '' }
    const { result } = await resultOf([finishes()], { verdicts: [failure] })
    expect(result.failure).toEqual(failure)
  })

  it('its rounds share one limit of turns', async () => {
    const { result, model } = await resultOf([edits('b'), finishes(), edits('c')], {
      verdicts: [notAccepted('red')],
      turns: 3,
    })
    expect(result).toMatchObject({ failure: { reason: 'agent-stopped', why: 'turns' }, turns: 3 })
    expect(model.requests).toHaveLength(3)
  })
})

describe('work that ends otherwise', () => {
  const looks = calls([{ name: 'view', input: { path: 'src/a.ts', from: 1, lines: 10 } }])
  it.each<[string, readonly Said[], Partial<Parameters<typeof attempt>[1]>, Partial<TaskFailure>]>([
    ['its turns are over', [edits('b'), edits('c')], { turns: 2 }, { reason: 'agent-stopped', why: 'turns' }],
    ['it goes in circles', Array(5).fill(looks), {}, { reason: 'agent-stopped', why: 'loop' }],
    ['it says that it cannot', [finishes('No such API', 'cannot')], {}, { why: 'gave-up', detail: 'No such API' }],
    ['it only talks', [says('Well.'), says('Well.'), says('Well.')], {}, { reason: 'agent-stopped', why: 'gave-up' }],
    ['the model refuses', [says('No.', { stop: 'refused' })], {}, { reason: 'agent-stopped', why: 'refused' }],
    [
      'its answers are cut off',
      [says('x', { stop: 'length' }), says('x', { stop: 'length' })],
      {},
      { reason: 'agent-stopped', why: 'truncated' },
    ],
    ['its money is spent', [], { usd: 0.000_1 }, { reason: 'allowance-spent', usd: 0.000_1 }],
    ['its time is over', [], { context: { seconds: () => 0 } }, { reason: 'timed-out', minutes: 30 }],
    [
      'the model is overloaded',
      [fails('overloaded')],
      {},
      { reason: 'model-busy', detail: 'overloaded: said: overloaded' },
    ],
    ['the model is not known', [fails('unknown-model')], {}, { reason: 'model-failed' }],
    ['the gate is shut', [edits('b')], { context: { guard: () => 'cancelled' } }, { reason: 'not-approved' }],
  ])('%s: it fails so, and what was done is kept', async (_name, answers, setting, failure) => {
    const { result, checker } = await resultOf(answers, setting)
    expect(result.failure).toMatchObject(failure)
    expect([checker.commits, checker.checks, result.workTree.commit === null]).toEqual([1, 0, false])
  })

  it('a gate that shuts in the middle lets no further call of a tool through, and nothing be handed in', async () => {
    let why: string | null = null
    const shut: Said = (request, ordinal) => {
      why = 'the run is cancelled'
      return typeof edit === 'function' ? edit(request, ordinal) : edit
    }
    const edit = edits('c')
    const { result, files, checker } = await resultOf([edits('b'), shut], { context: { guard: () => why } })
    expect([files.textOf('src/b.ts'), files.textOf('src/c.ts')]).toEqual(['b', null])
    expect([result.failure, checker.checks]).toEqual([{ reason: 'not-approved', detail: 'the run is cancelled' }, 0])
  })

  it('a signal ends it in the middle of an answer', async () => {
    const at = attempt([
      () => {
        at.controller.abort()
        return fails('aborted')
      },
    ])
    expect((await at.start()).failure?.reason).toBe('not-approved')
  })
})

describe('what people say meanwhile', () => {
  it('reaches it at its next turn, once, as theirs', async () => {
    const at = attempt([
      (request, ordinal) => {
        at.steer('use the new API')
        const edit = edits('b')
        return typeof edit === 'function' ? edit(request, ordinal) : edit
      },
      edits('c'),
      finishes(),
    ])
    await at.start()
    const [, second, third] = at.model.requests
    expect(promptText(second as ModelRequest)).toContain('<words of mona>\\nuse the new API')
    expect(promptText(third as ModelRequest)).not.toContain('use the new API')
  })

  it('is promptText also where it came with the last word, and costs no round', async () => {
    const at = attempt(
      [
        (request, ordinal) => {
          at.steer('and c')
          const end = finishes('too early')
          return typeof end === 'function' ? end(request, ordinal) : end
        },
        edits('c'),
        finishes('both'),
      ],
      { verdicts: [null] },
    )
    const result = await at.start()
    expect([result.summary?.did, at.checker.checks]).toEqual(['both', 1])
  })
})

it('a reminder of the task comes every eight turns', async () => {
  const { model } = await resultOf([...'bcdefghi'].map(edits).concat(finishes()))
  const reminded = model.requests.map((request) => promptText(request).includes('Reminder: your task is a'))
  expect(reminded).toEqual([...Array(8).fill(false), true])
})

it('its transcript has every turn and check, and no secret', async () => {
  const { deps } = await resultOf([edits('b'), finishes('a secret')], { state: atWork() })
  const lines = deps.transcript.lines().map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ kind, role }) => role ?? kind)).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
    'user',
    'check',
  ])
  expect(JSON.stringify(lines)).toContain('a ***')
  expect(JSON.stringify(lines)).not.toContain('secret')
})
