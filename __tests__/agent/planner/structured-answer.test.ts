import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { structuredAnswer } from '../../../src/agent/planner/structured-answer.ts'
import type { Model } from '../../../src/ports/model.ts'
import { fails, type Said, saidModel, says } from '../../support/said-model.ts'
import { metered, neverAborted } from './planner-fixtures.ts'

/** A dollar buys a million tokens, of whatever kind. */
const answerFor = (usd: number, ...said: Said[]) => answerOf(saidModel(said), usd)

const answerOf = (model: Model, usd: number) =>
  structuredAnswer(
    {
      metered: metered(model, usd),
      model: 'strong',
      sources: null,
      system: [],
      blocks: [{ kind: 'text', text: 'What?' }],
      schema: z.strictObject({ word: z.string() }),
      maxTokens: 8000,
    },
    neverAborted,
  )
const cut = says('{"wo', { stop: 'length' })

describe('a structured answer', () => {
  it('that cannot be paid for is told apart from one that failed', async () => {
    expect(await answerFor(0.0001)).toMatchObject({ ok: false, underfunded: true })
    expect(await answerFor(1, fails('overloaded'))).toEqual({
      ok: false,
      why: 'the model did not answer (overloaded): said: overloaded',
    })
  })
  it('that money cut off ran short of it, one that had all its tokens did not', async () => {
    expect(await answerFor(0.005, cut)).toMatchObject({ ok: false, underfunded: true })
    expect(await answerFor(1, cut, cut)).toEqual({ ok: false, why: 'its answer was cut off before the end' })
  })
  it('that was cut off is asked for once more, in fewer words', async () => {
    const model = saidModel([cut, says('{"word":"yes"}')])
    expect(await answerOf(model, 1)).toEqual({ ok: true, value: { word: 'yes' } })
    expect(JSON.stringify(model.requests[1]?.turns)).toContain('cut off at its limit of 8000 tokens')
    expect(model.requests[1]?.turns).toHaveLength(1)
  })
  it.each(['```json\n{"word":"yes"}\n```', '```\n{"word":"yes"}```\n', ' {"word":"yes"}'])(
    'is read from %j',
    async (text) => expect(await answerFor(1, says(text))).toEqual({ ok: true, value: { word: 'yes' } }),
  )
  it('whose mending cannot be paid for ran short of money too', async () =>
    expect(
      await answerFor(0.002, says('no JSON', { usage: { fresh: 100, cached: 0, written: 0, output: 1200 } })),
    ).toMatchObject({ ok: false, underfunded: true }))
})
