import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { structuredAnswer } from '../../../src/agent/planner/structured-answer.ts'
import { fails, type Said, saidModel, says } from '../../support/said-model.ts'
import { metered, neverAborted } from './planner-fixtures.ts'

/** A dollar buys a million tokens, of whatever kind. */
const answerFor = (usd: number, ...said: Said[]) =>
  structuredAnswer(
    {
      metered: metered(saidModel(said), usd),
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
    expect(await answerFor(1, cut)).toEqual({ ok: false, why: 'its answer was cut off before the end' })
  })
  it('whose mending cannot be paid for ran short of money too', async () =>
    expect(
      await answerFor(0.002, says('no JSON', { usage: { fresh: 100, cached: 0, written: 0, output: 1200 } })),
    ).toMatchObject({ ok: false, underfunded: true }))
})
