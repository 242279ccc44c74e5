import { describe, expect, it } from 'vitest'
import type { ModelAnswer, ModelRequest } from '../../../../src/ports/model.ts'
import { fails, type Said } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

const busy = { reason: 'overloaded', detail: '529 Overloaded', since: '2026-01-02T03:04:05.000Z' } as const
const short = { limits: { poll_seconds: 60 } }

/** Pauses before it answers, until `isSaid`. */
const afterPause =
  (isSaid: () => boolean, said: ModelAnswer) =>
  async (request: ModelRequest): Promise<ModelAnswer> => {
    request.onPause?.({ seconds: 120, failure: busy })
    while (!isSaid()) await new Promise((go) => setImmediate(go))
    return said
  }

describe('a planner whose model is busy', () => {
  it('says so on the thread while it waits, and tells a person after an hour instead of trying again', async () => {
    const run = await saidRun(short)
    const isSaid = () =>
      run.body('planning').includes('**The model has given no answer since 03:04:05** (overloaded: 529')
    const ended = await run.run([afterPause(isSaid, fails('overloaded'))], 10_000_000)
    const events = await run.events()
    expect(events.filter(({ type }) => type === 'model_busy')).toMatchObject([
      { since: busy.since, why: 'overloaded: 529 Overloaded' },
    ])
    expect(events.filter(({ type }) => type === 'stage_failed')).toMatchObject([{ stage: 'design#1', final: true }])
    expect(ended).toMatchObject({ phase: 'ended', conclusion: 'refused' })
    expect(run.body('planning')).not.toContain('has given no answer since')
  })

  it('asks for a patience of an hour, and goes on when it is answered', async () => {
    const run = await saidRun(short)
    const retrySeconds: (number | undefined)[] = []
    const isSaid = () => run.body('planning').includes('has given no answer since')
    const asks: Said = (request) => {
      retrySeconds.push(request.retrySeconds)
      return afterPause(isSaid, fails('rejected'))(request)
    }
    await run.run([asks, fails('rejected'), fails('rejected')], 10_000_000)
    const types = (await run.events()).map(({ type }) => type)
    expect(retrySeconds).toEqual([3600])
    expect(types.filter((type) => type === 'model_busy' || type === 'model_answered')).toEqual([
      'model_busy',
      'model_answered',
    ])
    expect(types.filter((type) => type === 'stage_failed')).toHaveLength(3)
  })
})
