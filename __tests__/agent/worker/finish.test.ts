import { describe, expect, it } from 'vitest'
import { type AttemptContext, emptyContext } from '../../../src/agent/prompts/worker-prompt.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { type Said, saidUsage, says } from '../../support/said-model.ts'
import { attempt, edits, finishes, notAccepted } from './worker-attempt.ts'

const baselineWith = (exitCode: number): AttemptContext => ({
  ...emptyContext,
  baseline: [
    { check: { of: 'a', argv: ['true'], expect: '' }, ran: { exitCode, log: '', seconds: 1, timedOut: false } },
  ],
})
const red = baselineWith(1)

const promptText = ({ turns }: ModelRequest): string =>
  JSON.stringify(turns.at(-1)?.blocks.map((block) => ('text' in block ? block.text : '')))

/** The same answer, which has cost that many dollars. */
const costing =
  (said: Said, usd: number): Said =>
  async (request, ordinal) => {
    const answer = typeof said === 'function' ? await said(request, ordinal) : said
    return { ...answer, usage: { ...saidUsage, output: usd * 1_000_000 } }
  }

const resultOf = async (answers: readonly Said[], setting: Parameters<typeof attempt>[1] = {}) => {
  const at = attempt(answers, { attemptContext: red, ...setting })
  const result = await at.start()
  return { ...at, result, words: at.model.requests.map(promptText) }
}

describe('an attempt whose money is nearly over', () => {
  it('is told so once, while a finish can still be paid, and hands in as ever', async () => {
    const { result, words, budget } = await resultOf([costing(edits('b'), 0.07), finishes('Added b')], { usd: 0.1 })
    expect(words.map((one) => one.includes('Call finish now'))).toEqual([false, true])
    expect(words[1]).toContain('money')
    expect(result).toMatchObject({ failure: null, summary: { did: 'Added b' } })
    expect(budget.left()).toBeGreaterThanOrEqual(0)
  })

  it('has no turn that takes the money of the last one', async () => {
    const { model } = await resultOf([costing(edits('b'), 0.065), edits('c'), finishes()], { usd: 0.1 })
    // 35,000 tokens are left, 16,000 of them for the last call, and as much as the prompt is long, twice.
    expect(model.requests[1]?.maxTokens).toBeLessThan(19_000)
    expect(model.requests[1]?.maxTokens).toBeGreaterThan(2000)
  })

  it('is judged by what is there where it says nothing any more: what passes is accepted, and says whose words are missing', async () => {
    const { result, checker } = await resultOf([costing(edits('b'), 0.07), costing(edits('c'), 0.029)], { usd: 0.1 })
    expect(result).toMatchObject({ failure: null, check: { log: 'the log' }, turns: 2 })
    expect(result.summary?.did).toContain('the money of the attempt ended before its words')
    expect(checker.checks).toBe(1)
  })

  it('fails for want of money where that does not pass, with what the acceptance said', async () => {
    const verdicts = [notAccepted('red')]
    const { result } = await resultOf([costing(edits('b'), 0.07), costing(edits('c'), 0.029)], { usd: 0.1, verdicts })
    expect(result.failure).toMatchObject({ reason: 'allowance-spent', usd: 0.1, log: 'the log' })
  })

  it('is not accepted unsaid where the checks had passed before it began', async () => {
    const answers = [costing(edits('b'), 0.07), costing(edits('c'), 0.029)]
    const { result, checker } = await resultOf(answers, { usd: 0.1, attemptContext: baselineWith(0) })
    expect(result.failure).toMatchObject({ reason: 'allowance-spent' })
    expect(checker.checks).toBe(0)
  })

  it('fails for want of money, not for good, where it says in its last words that it did not come to the end', async () => {
    const { result } = await resultOf([costing(edits('b'), 0.07), finishes('Half of it', 'cannot')], { usd: 0.1 })
    expect(result).toMatchObject({ failure: { reason: 'allowance-spent' }, summary: { did: 'Half of it' } })
  })

  it('hears of it also where answers were cut off at what the money was enough for', async () => {
    const cut: Said = says('x', { stop: 'length' })
    const { result, words } = await resultOf([costing(edits('b'), 0.065), cut, cut, finishes('Added b')], { usd: 0.1 })
    expect(words.at(-1)).toContain('Call finish now')
    expect(result.failure).toBeNull()
  })
})

describe('an attempt whose turns are nearly over', () => {
  it('is told so before the last one, with its set of tools as it was', async () => {
    const { result, words, model } = await resultOf([edits('b'), edits('c'), finishes()], { turns: 3 })
    expect(words.map((one) => one.includes('This is the last turn'))).toEqual([false, false, true])
    expect(model.requests[2]?.tools).toEqual(model.requests[0]?.tools)
    expect(result.failure).toBeNull()
  })

  it('is judged by what is there where it does not finish', async () => {
    const { result } = await resultOf([edits('b'), edits('c')], { turns: 2 })
    expect(result).toMatchObject({ failure: null, summary: { outcome: 'done' } })
    expect(result.summary?.did).toContain('the turns of the attempt ended before its words')
    const notYet = await resultOf([edits('b'), edits('c')], { turns: 2, verdicts: [notAccepted('red')] })
    expect(notYet.result.failure).toMatchObject({ reason: 'agent-stopped', why: 'turns' })
  })

  it('is not judged where the gate is shut meanwhile', async () => {
    let shut = false
    const last: Said = (request, ordinal) => {
      shut = true
      const edit = edits('c')
      return typeof edit === 'function' ? edit(request, ordinal) : edit
    }
    const context = { guard: () => (shut ? 'cancelled' : null) }
    const { result, checker } = await resultOf([edits('b'), last], { turns: 2, context })
    expect([result.failure?.reason, checker.checks]).toEqual(['not-approved', 0])
  })
})
