import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allSpending, spentUsd } from '../../src/core/money/ledger.ts'
import { mergeSpending, type Spending, type Usage } from '../../src/core/money/usage.ts'
import { tools } from '../../src/model-double/answer.ts'
import type { Say } from '../../src/model-double/script.ts'
import { nightly } from '../support/nightly.ts'
import { checks, create, finish, planned, startAgentWorld, taskOf, usual, views } from './support/agents.ts'
import { statusOf } from './support/picture.ts'
import { SETTINGS } from './support/repository.ts'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const files = { '.github/tributary.yml': SETTINGS.replace('start: 4', 'start: 8') }

/** Reads two files, writes one, checks it. */
const oneOfEight: Say = (request) => {
  const id = taskOf(request) ?? ''
  const turns = [
    tools([views('README.md')]),
    tools([views('shared.txt'), create(`${id}/done.txt`, `done by ${id}\n`)]),
    tools([checks(request, 'sh', 'tools/check.sh', id)]),
  ]
  return turns[request.turns] ?? finish(`Wrote ${id}/done.txt.`)
}

/** The same work in one conversation: the two files are read once, then each is written and checked in turn. */
const allEight: Say = (request) => {
  const turns = IDS.flatMap((id, index) => [
    tools([...(index === 0 ? [views('shared.txt')] : []), create(`${id}/done.txt`, `done by ${id}\n`)]),
    tools([checks(request, 'sh', 'tools/check.sh', id)]),
  ])
  return [tools([views('README.md')]), ...turns][request.turns] ?? finish('Wrote eight files.')
}

const worked = async (plan: object, say: Say) => {
  const stage = await startAgentWorld([{ when: (request) => taskOf(request) !== null, say }, ...usual(plan)], { files })
  const issue = await stage.world.openIssue('Please write eight files.')
  await stage.world.say(issue, '/plan --mode off')
  const state = await stage.world.ended(`${issue}`)
  return { ...stage, state }
}

let eight: Awaited<ReturnType<typeof worked>>
let one: Awaited<ReturnType<typeof worked>>
beforeAll(async () => {
  eight = await worked(planned(IDS.join(', ')), oneOfEight)
  const argv = ['sh', 'tools/check.sh', ...IDS]
  const whole = { writes: IDS.map((id) => `${id}/**`), acceptance: argv }
  one = await worked(planned('one', { one: whole }, { verification: [{ argv }] }), allEight)
})
afterAll(() => Promise.all([eight?.close(), one?.close()]))

const promptOf = ({ fresh, cached, written }: Usage): number => fresh + cached + written
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const sumOf = (all: readonly Spending[], of: (usage: Usage) => number): number =>
  all.reduce((sum, { usage }) => sum + of(usage), 0)

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** A row of Markdown for each role, and one for all. */
function rowsOf(title: string, all: readonly Spending[]): string[] {
  const roles = [...new Set(all.map(({ role }) => role))]
  return ['all', ...roles].map((role) => {
    const some = all.filter((one) => role === 'all' || one.role === role)
    const prompts = sumOf(some, promptOf)
    const cells = [
      title,
      role,
      total(some.map(({ calls }) => calls)),
      prompts,
      percent(sumOf(some, ({ cached }) => cached) / prompts),
      sumOf(some, ({ output }) => output),
      total(some.map(({ usd }) => usd)).toFixed(3),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

const spendingOf = ({ state }: Pick<typeof eight, 'state'>): Spending[] => mergeSpending(allSpending(state.ledger))

describe('eight workers and one agent on the same scripted work, planning counted', nightly, () => {
  it('come to the same files', () => {
    for (const { world, sane } of [eight, one]) {
      expect(sane()).toEqual({ unmatched: [], mistakes: [] })
      for (const id of IDS)
        expect(world.git('show', `refs/heads/tributary/1/trunk:${id}/done.txt`)).toBe(`done by ${id}`)
    }
  })
  it('are counted by the journal as by the server, role by role', () => {
    console.log(
      [
        '| | Role | Calls | Tokens of prompts | From the cache | Tokens of answers | USD |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        ...rowsOf('8 workers', spendingOf(eight)),
        ...rowsOf('one agent', spendingOf(one)),
      ].join('\n'),
    )
    for (const { model, ...run } of [eight, one]) {
      const served = model.requests.reduce(
        (sum, { usage }) =>
          usage === null
            ? sum
            : sum + usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
        0,
      )
      expect(sumOf(spendingOf(run), promptOf)).toBe(served)
    }
  })
  it('read most of their prompts from the cache', () => {
    const work = spendingOf(eight).filter(({ role }) => role === 'work')
    expect(work.reduce((sum, { calls }) => sum + calls, 0)).toBe(32)
    expect(sumOf(work, (usage) => usage.cached) / sumOf(work, promptOf)).toBeGreaterThan(0.6)
  })
})

describe('the tasks of a run that has finished', nightly, () => {
  it('stand behind the numbers of the next plan in this repository', async () => {
    const { world } = eight
    const issue = await world.openIssue('Please write eight more files.')
    const { pull } = await world.plan(issue)
    const said = (await world.comments(pull)).map(({ body }) => body ?? '').join('\n')
    const comment = said.slice(said.indexOf('<summary>How the numbers were estimated'))
    expect(comment).toContain('From 8 finished tasks of 1 run here: the median and, in brackets,')
    expect(comment).not.toContain('a guess')
    const state = await world.state(`${issue}`)
    if (state?.phase !== 'proposed') throw new Error('no plan was proposed')
    const [kind] = state.work.forecast?.measured?.kinds ?? []
    expect(kind).toMatchObject({ size: 'medium', worker: 'agent', model: 'claude-sonnet-5-5', tasks: 8 })
  })
  it('are shown beside what was predicted for them', async () => {
    const { world, state } = eight
    const { body } = await statusOf(world, state)
    expect(body).toMatch(
      /^Predicted: .+ and .+ USD \(a guess\)\. Taken, from the start to the verification: .+ USD\.$/m,
    )
    expect(spentUsd(state.ledger)).toBeGreaterThan(0)
  })
})
