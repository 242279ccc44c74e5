import { describe, expect, it } from 'vitest'
import { design } from '../../../src/agent/planner/design.ts'
import type { DesignRequest } from '../../../src/agent/planner/design-request.ts'
import { designSchema, type PlanHead } from '../../../src/agent/planner/plan-schema.ts'
import { jsonSchemaOf } from '../../../src/agent/tools/json-schema.ts'
import type { Task } from '../../../src/core/plan/plan.ts'
import { noOptions } from '../../../src/core/plan/planning.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { agentTask } from '../../support/planning.ts'
import { printedSeed, randomOf } from '../../support/random.ts'
import { saidModel, says } from '../../support/said-model.ts'
import {
  exploration,
  input,
  metered,
  neverAborted,
  promptText,
  schemaRefusal,
  sources,
  written,
  writtenHead,
  writtenPlan,
} from './planner-fixtures.ts'
import { type Streamed, streamingModel } from './streaming-model.ts'

interface PublishedPart {
  what: string
  notes: string[]
  problems: string[]
  /** How far the text had come. */
  pushed: number
  piece: number
}

const seed = printedSeed()

/** A design of these answers, in pieces of seeded sizes up to `most`. */
async function designed(all: readonly (string | Streamed)[], overrides: Partial<DesignRequest> = {}, most = 40) {
  const random = randomOf(seed)
  const model = streamingModel(
    all.map((one) => (typeof one === 'string' ? [{ text: one }] : one)),
    () => 1 + random(most),
  )
  const published: PublishedPart[] = []
  const heads: PlanHead[] = []
  const tasks: Task[] = []
  const result = await design(
    {
      metered: metered(model),
      model: 'strong',
      sources,
      input: input(),
      explorations: [exploration],
      questions: [],
      answers: [],
      questionsAllowed: true,
      revisions: [],
      previous: null,
      fixed: [],
      on: {
        head(head) {
          heads.push(head)
          published.push({ what: 'head', notes: [], problems: [], ...model.at })
        },
        task(task, notes, problems) {
          tasks.push(task)
          published.push({ what: task.id, notes, problems, ...model.at })
        },
      },
      ...overrides,
    },
    neverAborted,
  )
  return { result, published, heads, tasks, model, publishedNames: published.map(({ what }) => what) }
}

const draftOf = ({ result }: Awaited<ReturnType<typeof designed>>) => {
  if (!result.ok || !('draft' in result)) throw new Error(`no draft: ${JSON.stringify(result)}`)
  return result.draft
}

const three = writtenPlan([written('t1'), written('t2'), written('t3', { needs: ['t1', 't2'] })])

const goal = (id: string): string => written(id).goal

describe('a plan that streams', () => {
  it.each([1, 2, 7, 64, 500, 100_000])('is told of part by part, in pieces of up to %d characters', async (most) => {
    const { published, publishedNames } = await designed([three], {}, most)
    expect(publishedNames).toEqual(['head', 't1', 't2', 't3'])
    const tasks = [written('t1'), written('t2'), written('t3', { needs: ['t1', 't2'] })]
    // With one more level of indentation, as in the text.
    const ends = [
      three.indexOf('"tasks"') - 1,
      ...tasks.map((task) => {
        const text = JSON.stringify([task], null, 1).slice(3, -2).replaceAll('\n', '\n ')
        return three.indexOf(text) + text.length
      }),
    ]
    for (const [index, { what, pushed, piece }] of published.entries()) {
      const end = ends[index] ?? 0
      if (what !== 'head') expect(pushed, `${what} is complete`).toBeGreaterThanOrEqual(end)
      expect(pushed - piece, `${what} is told in the piece that completes it`).toBeLessThan(end)
    }
  })

  it('comes out the same in whatever pieces', async () => {
    const drafts = await Promise.all([1, 13, 4096].map(async (most) => draftOf(await designed([three], {}, most))))
    expect(drafts[1]).toEqual(drafts[0])
    expect(drafts[2]).toEqual(drafts[0])
    expect(drafts[0]?.plan.tasks.map(({ id, needs }) => [id, ...needs])).toEqual([['t1'], ['t2'], ['t3', 't1', 't2']])
  })

  it('gives each task what a model may not decide', async () => {
    const settings = settingsSchema.parse({ limits: { task_minutes: 17 } })
    const { tasks } = await designed([three], { input: input({ settings }) })
    expect(tasks.map(({ run, timeout_minutes }) => [run, timeout_minutes])).toEqual(Array(3).fill([[], 17]))
  })

  it('is told that a check names a script which package.json lacks, with the task, before it is complete', async () => {
    const run = await designed([three], { input: input({ known: { files: null, scripts: ['lint'] } }) })
    const words = expect.stringContaining('`t1`, acceptance: `npm test` names a script that package.json does not have')
    expect(draftOf(run).problems).toContainEqual(words)
    expect(run.published.find(({ what }) => what === 't1')?.problems).toEqual([words])
    expect(
      draftOf(await designed([three], { input: input({ known: { files: null, scripts: ['test'] } }) })).problems,
    ).toEqual([])
  })

  it('is told of once when it begins again and comes out the same', async () => {
    for (const upTo of [three.length - 1, Math.floor(three.length / 2), 10]) {
      const run = await designed([[{ text: three, upTo }, { text: three, upTo: 300 }, { text: three }]])
      expect(run.publishedNames).toEqual(['head', 't1', 't2', 't3'])
      expect(draftOf(run).plan.tasks).toHaveLength(3)
    }
  })

  it('is given up at once when it begins again and a part that was told of comes out differently', async () => {
    const other = writtenPlan([written('t1'), written('t2', { goal: 'Something else' }), written('t3')])
    const { result, publishedNames, model } = await designed([
      [{ text: three, upTo: three.length - 1 }, { text: other }],
    ])
    expect(publishedNames).toEqual(['head', 't1', 't2', 't3'])
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining('came out differently') })
    expect(model.stopped).toEqual([true])
    expect(model.at.pushed).toBeLessThan(other.length)
  })

  it('goes on with another head when it begins again with the tasks that were told of', async () => {
    const other = three.replace('Requests are retried.', 'Each request is retried.')
    const run = await designed([[{ text: three, upTo: three.indexOf('"t3"') }, { text: other }]])
    expect(run.publishedNames).toEqual(['head', 't1', 't2', 't3'])
    expect(draftOf(run).plan).toMatchObject({ summary: 'Each request is retried.' })
    expect(run.model.stopped).toEqual([false])
  })

  it('does not ask, when it begins again, about what was begun without an answer', async () => {
    const questions = [{ id: 'x', question: 'How often?', options: [], default: 'three times' }]
    const other = writtenPlan([written('t1'), written('t2')], { questions })
    const run = await designed([[{ text: three, upTo: three.indexOf('"t2"') }, { text: other }]])
    expect(draftOf(run).plan.assumptions).toContain('How often? three times')
  })

  it('is given up when it begins again and a task that was told of is not in it any more', async () => {
    const { result } = await designed([
      [{ text: three, upTo: three.length - 1 }, { text: writtenPlan([written('t1')]) }],
    ])
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining('came out differently') })
  })

  it('is the new answer alone, told of again, where what was told may be taken back', async () => {
    const published: string[] = []
    const on = {
      head: () => published.push('head'),
      task: ({ goal }: Task) => published.push(goal),
      restart: () => published.push('again'),
    }
    const other = writtenPlan([written('t1', { goal: 'Another' }), written('t2')], { title: 'Retry them' })
    const model = streamingModel([[{ text: three, upTo: three.indexOf('"t3"') }, { text: other }]], () => 50)
    const result = await design({ ...bare, metered: metered(model), on }, neverAborted)
    expect(published).toEqual(['head', goal('t1'), goal('t2'), 'again', 'head', 'Another', goal('t2')])
    expect(result).toMatchObject({
      ok: true,
      draft: { plan: { title: 'Retry them', tasks: [{ id: 't1' }, { id: 't2' }] } },
    })
    expect(model.stopped).toEqual([false])
  })

  it('may come out differently where nothing was told of yet', async () => {
    const { publishedNames } = await designed([[{ text: writtenPlan([written('t9')]), upTo: 60 }, { text: three }]])
    expect(publishedNames).toEqual(['head', 't1', 't2', 't3'])
  })

  it('is not told of in parts that were taken back before anybody had read them', async () => {
    const published: string[] = []
    const on = { head: () => published.push('head'), task: ({ id }: Task) => published.push(id) }
    const ask = async (request: ModelRequest) => {
      request.onText?.(writtenPlan([written('t8'), written('t9')]))
      request.onRestart?.()
      request.onText?.(three)
      return says(three)
    }
    expect(await design({ ...bare, metered: metered({ ask }), on }, neverAborted)).toMatchObject({ ok: true })
    expect(published).toEqual(['head', 't1', 't2', 't3'])
  })

  it('is told of to its end by a model that does not stream', async () => {
    const published: string[] = []
    const on = { head: () => published.push('head'), task: ({ id }: Task) => published.push(id) }
    const result = await design({ ...bare, metered: metered({ ask: async () => says(three) }), on }, neverAborted)
    expect(result.ok).toBe(true)
    expect(published).toEqual(['head', 't1', 't2', 't3'])
  })
})

describe('questions', () => {
  const asks = [
    { id: 'format', question: 'Which format?', options: ['JSON', 'YAML'], default: 'b' },
    { id: 'x', question: 'How often?', options: [], default: 'three times' },
  ]
  const asking = writtenPlan([written('t1'), written('t2')], { questions: asks })
  const numbered = [
    { id: 'q1', question: 'Which format?', options: ['JSON', 'YAML'], default: 'YAML' },
    { id: 'q2', question: 'How often?', options: [], default: 'three times' },
  ]

  it('are asked, and nothing of what comes behind them is told of; the call ends by itself, so that its cost is known', async () => {
    const { result, publishedNames, model } = await designed([asking])
    expect(result).toEqual({ ok: true, ask: numbered })
    expect(publishedNames).toEqual([])
    expect(model.stopped).toEqual([false])
    expect(model.at.pushed).toBe(asking.length)
  })
  it('are asked but for those that were answered', async () => {
    const answers = [{ question: 'q1', chosen: 'a', words: 'JSON', by: 'ada' }]
    const { result } = await designed([asking], { answers })
    expect(result).toEqual({ ok: true, ask: numbered.slice(1) })
  })
  it('are taken for granted, where people see it, when nobody is asked any more', async () => {
    const { result, heads, publishedNames } = await designed([asking], { questionsAllowed: false })
    expect(publishedNames).toEqual(['head', 't1', 't2'])
    expect(heads[0]).toMatchObject({
      questions: [],
      assumptions: ['five tries', 'Which format? YAML', 'How often? three times'],
    })
    expect(result).toMatchObject({ ok: true, draft: { plan: { questions: [] } } })
  })
  it('reach the next design with their answers, word for word', async () => {
    const answers = [{ question: 'q2', chosen: null, words: 'until it works', by: 'ada' }]
    const { model } = await designed([three], { questions: numbered, answers, questionsAllowed: false })
    expect(model.requests.map(promptText)[0]).toMatch(
      /How often\?\n<\/untrusted[^>]*>\n\n<trusted what="words of ada"[^>]*>\nuntil it works\n/,
    )
  })
})

describe('lint while it streams', () => {
  it('lets a task wait for an earlier one that can write its path, and says so at once', async () => {
    const plan = writtenPlan([written('t1', { writes: ['src/**'] }), written('t2', { writes: ['src/a.ts'] })])
    const run = await designed([plan])
    expect(run.tasks[1]?.needs).toEqual(['t1'])
    expect(run.published[2]?.notes).toEqual(['`t2` waits for `t1`: `src/**` and `src/a.ts` can be the same path'])
    expect(draftOf(run)).toMatchObject({ notes: run.published[2]?.notes, problems: [] })
    expect(draftOf(run).plan.tasks[1]?.needs).toEqual(['t1'])
  })

  it('adds no edge that an earlier one makes needless, and tells each note once', async () => {
    const same = { writes: ['src/**'] }
    const run = await designed([writtenPlan([written('t1', same), written('t2', same), written('t3', same)])])
    expect(run.tasks.map(({ needs }) => needs)).toEqual([[], ['t1'], ['t2']])
    expect(draftOf(run).notes).toEqual([
      '`t2` waits for `t1`: both write `src/**`',
      '`t3` waits for `t2`: both write `src/**`',
    ])
  })

  it.each([
    ['an id that is there', { id: 't1' }, 'named `t1`'],
    ['a later need', { needs: ['t3'] }, 'There is no task `t3`'],
    ['a need of itself', { needs: ['t2'] }, 'none could start'],
    ['a protected path', { writes: ['.github/workflows/ci.yml'] }, 'could touch `.github/workflows/**`'],
    ['a bad glob', { writes: ['../x'] }, 'it cannot contain `..`'],
    ['no acceptance', { acceptance: { argv: [], expect: '' } }, 'Nothing says when the task is done'],
    ['no paths', { writes: [] }, 'may change only the files that it names'],
    ['a shell', { acceptance: { argv: ['npm', 'test', '&&', 'rm'], expect: '' } }, '`&&` means something to a shell'],
    ['a command in one word', { acceptance: { argv: ['npm test'], expect: '' } }, '`npm test` is no program'],
    ['too much text', { goal: 'x'.repeat(9000) }, '8000 are allowed'],
    ['a part without paths', { kind: 'plan' as const, writes: [] }, 'says in `writes` where'],
  ])('finds %s', async (_what, wrong, words) => {
    const run = await designed([writtenPlan([written('t1'), written('t2', wrong), written('t3')])])
    expect(run.published[2]?.problems.join(' ')).toContain(words)
    expect(run.published[3]?.problems).toEqual([])
    expect(draftOf(run).problems.join(' ')).toContain(words)
    expect(draftOf(run).plan.tasks).toHaveLength(3)
  })

  it('keeps what needs such a task from starting, and does not blame it', async () => {
    const plan = writtenPlan([written('t1', { writes: ['/etc'] }), written('t2', { needs: ['t1'] })])
    const run = await designed([plan])
    expect(run.published[2]?.problems).toEqual(['`t2` needs `t1`, which has problems of its own.'])
    expect(draftOf(run).problems).toHaveLength(1)
  })

  it('holds a plan to the paths that it was asked for', async () => {
    const options = { ...noOptions, paths: ['src'] }
    const plan = writtenPlan([written('t1', { writes: ['src/a/**'] }), written('t2', { writes: ['srcs/b'] })])
    const run = await designed([plan], { input: input({ options }) })
    expect(run.published.map(({ problems }) => problems.length)).toEqual([0, 0, 1])
    expect(draftOf(run).problems).toEqual(['`t2`: it may write `srcs/b`, and the plan was asked for `src` only.'])
  })

  it('holds it to the programs, the number of tasks and the money of the settings', async () => {
    const settings = settingsSchema.parse({ commands: ['make'], limits: { tasks: 2 }, budget: { usd: 0.1 } })
    const accepted = { acceptance: { argv: ['make', 'check'], expect: '' } }
    const plan = writtenPlan([written('t1', accepted), written('t2', accepted), written('t3', accepted)])
    const run = await designed([plan], { input: input({ settings }) })
    expect(run.published.map(({ problems }) => problems)).toEqual([
      [],
      [],
      [],
      ['`t3` is one task more than the plan may have.'],
    ])
    const [programs, ...others] = draftOf(run).problems.toSorted((a, b) => b.length - a.length)
    expect([programs, ...others]).toHaveLength(3)
    expect(draftOf(run).problems.join(' ')).toMatch(/3 tasks, and 2 are allowed.*`npm`.*predicted to cost/)
  })

  it('says where the money may not suffice', async () => {
    const settings = settingsSchema.parse({ budget: { usd: 0.9 } })
    const { notes, problems } = draftOf(await designed([three], { input: input({ settings }) }))
    expect(problems).toEqual([])
    expect(notes).toEqual([expect.stringContaining('it will stop at its limit')])
  })

  it('empties a gate', async () => {
    const plan = writtenPlan([written('t1'), written('t2', { kind: 'gate', needs: ['t1'] })])
    const { tasks, published } = await designed([plan])
    expect(published[2]?.problems).toEqual([])
    expect(tasks[1]).toMatchObject({ writes: [], acceptance: { argv: [] } })
  })
})

describe('tasks that have started', () => {
  const fixed = [agentTask('t1', { writes: ['src/**'] }), agentTask('t2')]
  it('stay first and as they are, and the new ones come behind them', async () => {
    const plan = writtenPlan([
      written('t2', { goal: 'rewritten' }),
      written('t3', { needs: ['t2'] }),
      written('t4', { writes: ['src/x'] }),
    ])
    const run = await designed([plan], { fixed })
    expect(run.publishedNames).toEqual(['head', 't3', 't4'])
    const { tasks } = draftOf(run).plan
    expect(tasks.slice(0, 2)).toEqual(fixed)
    expect(tasks.map(({ id, needs }) => [id, ...needs])).toEqual([['t1'], ['t2'], ['t3', 't2'], ['t4', 't1']])
    expect(promptText(run.model.requests[0] ?? expect.fail())).toContain('at work already')
  })
  it('are a plan without any other', async () => {
    expect(draftOf(await designed([writtenPlan([])], { fixed })).plan.tasks).toEqual(fixed)
  })
})

describe('an answer that cannot be used', () => {
  const nameless = writtenPlan([written('t1'), written('Not An Id')])
  const good = writtenPlan([written('t1'), written('t2')])

  it('is asked for once more with what is wrong, and nothing is told of twice', async () => {
    const { result, publishedNames, model } = await designed([nameless, good])
    expect(result.ok).toBe(true)
    expect(publishedNames).toEqual(['head', 't1', 't2'])
    const [first, second] = model.requests
    expect(second?.turns.slice(0, first?.turns.length)).toEqual(first?.turns)
    expect(second?.turns.at(-1)?.blocks[0]).toMatchObject({ text: expect.stringContaining('tasks.1.id') })
  })
  it.each([
    ['no JSON', 'I cannot do that.', 'no JSON'],
    ['no task', writtenPlan([]), 'The plan has no task.'],
    ['a field that is missing', JSON.stringify({ ...writtenHead, tasks: [{ id: 't1' }] }), 'tasks.0.title'],
    ['a program of its own', writtenPlan([{ ...written('t1'), ...{ run: ['sh'] } }]), 'tasks.0'],
    [
      'a kind that is not its to choose',
      writtenPlan([{ ...written('t1'), ...{ kind: 'resolve' as 'code' } }]),
      'tasks.0.kind',
    ],
  ])('is given up the second time: %s', async (_what, text, why) => {
    const { result, model } = await designed([text, text])
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining(why) })
    expect(model.requests).toHaveLength(2)
  })
  it.each([
    ['twice when it was cut off', [1, 2].map(() => says(three.slice(0, 200), { stop: 'length' })), 'cut off'],
    ['once when it was refused', [says('', { stop: 'refused' })], 'refused'],
  ])('is asked for %s', async (_what, answers, why) => {
    const model = saidModel(answers)
    const on = { head: () => {}, task: () => {} }
    const request = { ...bare, metered: metered(model), on }
    expect(await design(request, neverAborted)).toMatchObject({ ok: false, why: expect.stringContaining(why) })
    expect(model.requests).toHaveLength(answers.length)
  })
  it('in a code block is read as a whole, task by task, behind a gateway that knows no schema', async () => {
    const { result, tasks } = await designed([`\`\`\`json\n${three}\n\`\`\``])
    expect(result).toMatchObject({ ok: true })
    expect(tasks).toHaveLength(3)
  })
  it('is not asked for at all where the money is not enough', async () => {
    const model = saidModel([])
    const request = { ...bare, metered: metered(model, 0.001), on: { head: () => {}, task: () => {} } }
    expect(await design(request, neverAborted)).toMatchObject({ ok: false, why: expect.stringContaining('not enough') })
  })
})

const bare = {
  model: 'strong',
  sources,
  input: input(),
  explorations: [],
  questions: [],
  answers: [],
  questionsAllowed: true,
  revisions: [],
  previous: null,
  fixed: [],
}

describe('what the model is asked', () => {
  it('is a schema that the API takes, with the fields in the order in which they are to stream', async () => {
    const { model } = await designed([three])
    const schema = model.requests[0]?.schema
    expect(schema).toEqual(jsonSchemaOf(designSchema))
    expect(schemaRefusal(model.requests[0] ?? expect.fail())).toBeNull()
    const properties = Object.keys((schema as { properties: object }).properties)
    expect(properties).toEqual([...Object.keys(writtenHead), 'tasks'])
  })
  it('is asked for the commands of agents only where those are listed', async () => {
    const commands = [['npm', 'test', '--']]
    const plan = writtenPlan([written('a', { commands })])
    const of = async (agent_commands: 'listed' | 'sandboxed') => {
      const settings = { ...defaultSettings, agent_commands }
      const { model, result } = await designed([plan], { input: input({ settings }) })
      const tasks = result.ok && 'draft' in result ? result.draft.plan.tasks : []
      return [promptText(model.requests[0] ?? expect.fail()).includes('no shell here'), tasks[0]?.commands]
    }
    expect(await of('listed')).toEqual([true, commands])
    expect(await of('sandboxed')).toEqual([false, []])
  })

  it('is told the hosts that commands reach, where something holds them to these', async () => {
    const told = async (given: Record<string, unknown>) => {
      const settings = settingsSchema.parse({ network: { allow: ['registry.npmjs.org'] }, ...given })
      const { model } = await designed([three], { input: input({ settings }) })
      return promptText(model.requests[0] ?? expect.fail()).includes('no others: registry.npmjs.org.')
    }
    expect([await told({}), await told({ sandbox: 'off' })]).toEqual([true, false])
  })

  it('is told the limits, the wishes and what was wrong before', async () => {
    const settings = settingsSchema.parse({ commands: ['npm'], protected_paths: ['secret/**'], limits: { tasks: 7 } })
    const previous = { plan: { ...writtenHead, tasks: [agentTask('old')] }, problems: ['too long'] }
    const { model } = await designed([three], {
      input: input({ settings, options: { ...noOptions, paths: ['src/**'] } }),
      revisions: ['split it <b>differently</b>'],
      previous,
    })
    const prompt = promptText(model.requests[0] ?? expect.fail())
    for (const words of ['At most 7 tasks', 'secret/**', 'programs only: npm', 'within src/**', 'too long', '"old"'])
      expect(prompt).toContain(words)
    expect(prompt).toContain('split it <b>differently</b>')
  })
})
