import { describe, expect, it } from 'vitest'
import type { Findings } from '../../../src/agent/prompts/worker-prompt.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { type Said, saidUsage, says } from '../../support/said-model.ts'
import { attempt, edits, finishes, notAccepted } from './worker-attempt.ts'

const found = (exitCode: number): Findings => ({
  baseline: [
    { check: { of: 'a', argv: ['true'], expect: '' }, ran: { exitCode, log: '', seconds: 1, timedOut: false } },
  ],
  before: [],
})
const red = found(1)

const heard = ({ turns }: ModelRequest): string =>
  JSON.stringify(turns.at(-1)?.blocks.map((block) => ('text' in block ? block.text : '')))

/** The same answer, which has cost that many dollars. */
const dear =
  (said: Said, usd: number): Said =>
  async (request, ordinal) => {
    const answer = typeof said === 'function' ? await said(request, ordinal) : said
    return { ...answer, usage: { ...saidUsage, output: usd * 1_000_000 } }
  }

const endOf = async (answers: readonly Said[], setting: Parameters<typeof attempt>[1] = {}) => {
  const at = attempt(answers, { findings: red, ...setting })
  const worked = await at.start()
  return { ...at, worked, words: at.model.requests.map(heard) }
}

describe('an attempt whose money is nearly over', () => {
  it('is told so once, while a finish can still be paid, and hands in as ever', async () => {
    const { worked, words, money } = await endOf([dear(edits('b'), 0.07), finishes('Added b')], { usd: 0.1 })
    expect(words.map((one) => one.includes('Call finish now'))).toEqual([false, true])
    expect(words[1]).toContain('money')
    expect(worked).toMatchObject({ failure: null, said: { did: 'Added b' } })
    expect(money.left()).toBeGreaterThanOrEqual(0)
  })

  it('has no turn that takes the money of the last one', async () => {
    const { model } = await endOf([dear(edits('b'), 0.065), edits('c'), finishes()], { usd: 0.1 })
    // 35,000 tokens are left, 16,000 of them for the last call, and as much as the prompt is long, twice.
    expect(model.requests[1]?.maxTokens).toBeLessThan(19_000)
    expect(model.requests[1]?.maxTokens).toBeGreaterThan(2000)
  })

  it('is judged by what is there where it says nothing any more: what passes is accepted, and says whose words are missing', async () => {
    const { worked, bench } = await endOf([dear(edits('b'), 0.07), dear(edits('c'), 0.029)], { usd: 0.1 })
    expect(worked).toMatchObject({ failure: null, checked: { log: 'the log' }, turns: 2 })
    expect(worked.said?.did).toContain('the money of the attempt ended before its words')
    expect(bench.checked).toBe(1)
  })

  it('fails for want of money where that does not pass, with what the acceptance said', async () => {
    const verdicts = [notAccepted('red')]
    const { worked } = await endOf([dear(edits('b'), 0.07), dear(edits('c'), 0.029)], { usd: 0.1, verdicts })
    expect(worked.failure).toMatchObject({ reason: 'allowance-spent', usd: 0.1, log: 'the log' })
  })

  it('is not accepted unsaid where the checks had passed before it began', async () => {
    const answers = [dear(edits('b'), 0.07), dear(edits('c'), 0.029)]
    const { worked, bench } = await endOf(answers, { usd: 0.1, findings: found(0) })
    expect(worked.failure).toMatchObject({ reason: 'allowance-spent' })
    expect(bench.checked).toBe(0)
  })

  it('fails for want of money, not for good, where it says in its last words that it did not come to the end', async () => {
    const { worked } = await endOf([dear(edits('b'), 0.07), finishes('Half of it', 'cannot')], { usd: 0.1 })
    expect(worked).toMatchObject({ failure: { reason: 'allowance-spent' }, said: { did: 'Half of it' } })
  })

  it('hears of it also where answers were cut off at what the money was enough for', async () => {
    const cut: Said = says('x', { stop: 'length' })
    const { worked, words } = await endOf([dear(edits('b'), 0.065), cut, cut, finishes('Added b')], { usd: 0.1 })
    expect(words.at(-1)).toContain('Call finish now')
    expect(worked.failure).toBeNull()
  })
})

describe('an attempt whose turns are nearly over', () => {
  it('is told so before the last one, with its set of tools as it was', async () => {
    const { worked, words, model } = await endOf([edits('b'), edits('c'), finishes()], { turns: 3 })
    expect(words.map((one) => one.includes('This is the last turn'))).toEqual([false, false, true])
    expect(model.requests[2]?.tools).toEqual(model.requests[0]?.tools)
    expect(worked.failure).toBeNull()
  })

  it('is judged by what is there where it does not finish', async () => {
    const { worked } = await endOf([edits('b'), edits('c')], { turns: 2 })
    expect(worked).toMatchObject({ failure: null, said: { outcome: 'done' } })
    expect(worked.said?.did).toContain('the turns of the attempt ended before its words')
    const notYet = await endOf([edits('b'), edits('c')], { turns: 2, verdicts: [notAccepted('red')] })
    expect(notYet.worked.failure).toMatchObject({ reason: 'agent-stopped', why: 'turns' })
  })

  it('is not judged where the gate is shut meanwhile', async () => {
    let shut = false
    const last: Said = (request, ordinal) => {
      shut = true
      const edit = edits('c')
      return typeof edit === 'function' ? edit(request, ordinal) : edit
    }
    const place = { guard: () => (shut ? 'cancelled' : null) }
    const { worked, bench } = await endOf([edits('b'), last], { turns: 2, place })
    expect([worked.failure?.reason, bench.checked]).toEqual(['not-approved', 0])
  })
})
