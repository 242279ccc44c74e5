import { describe, expect, it } from 'vitest'
import { synthesise } from '../../../src/agent/planner/synthesise.ts'
import type { Model } from '../../../src/ports/model.ts'
import { agentPlan } from '../../support/planning.ts'
import { saidModel, says } from '../../support/said-model.ts'
import { input, metered, neverAborted, promptText, schemaRefusal } from './planner-fixtures.ts'

const plan = agentPlan('a > b')
const handOff = {
  did: 'Added retry().',
  files: ['src/retry.ts'],
  interfaces: ['retry(times): Promise'],
  decisions: ['five times'],
  caveats: ['no jitter'],
  follow_ups: [],
  check: 'passed',
}

async function described(
  answer: object,
  over: object = {},
  usd = 100,
  model = saidModel([says(JSON.stringify(answer))]),
) {
  const landed = plan.tasks.map((task) => ({ task, handOff: task.id === 'a' ? handOff : null }))
  const result = await synthesise(
    {
      metered: metered(model, usd),
      model: 'strong',
      input: input(),
      plan,
      landed,
      diffStat: 'A src/retry.ts',
      diff: '+++ src/retry.ts\nexport const retry',
      resolutions: ['b'],
      ...over,
    },
    neverAborted,
  )
  expect(schemaRefusal(model.requests[0] ?? expect.fail())).toBeNull()
  return { result, prompt: promptText(model.requests[0] ?? expect.fail()) }
}

describe('a change that is too large for the money', () => {
  const landed = plan.tasks.map((task) => ({ task, handOff: { ...handOff, did: 'Did much. '.repeat(3000) } }))
  const large = { landed, diff: '+ a line of it\n'.repeat(4000) }
  const answer = { contradictions: [], title: 'All of it', body: 'In few words.' }
  const lengthWith = async (usd: number) => {
    const { result, prompt } = await described(answer, large, usd)
    expect(result).toMatchObject({ ok: true, title: 'All of it' })
    return prompt.length
  }

  it('is cut to what the money is enough for, and described all the same', async () => {
    const [whole, less, least] = [await lengthWith(1), await lengthWith(0.1), await lengthWith(0.03)]
    expect(whole).toBeGreaterThan(90_000)
    expect(less).toBeLessThan(whole * 0.8)
    expect(least).toBeLessThan(less * 0.6)
  })

  it('is not cut if its tokens, as the API counts them, are few enough', async () => {
    let counted = 0
    const said = saidModel([says(JSON.stringify(answer))])
    const model: Model = {
      ...said,
      count: async ({ turns }) => {
        counted += 1
        return Buffer.byteLength(JSON.stringify(turns)) / 4
      },
    }
    await described(answer, { ...large, metered: metered(model, 0.1) }, 0.1, said)
    expect(promptText(said.requests[0] ?? expect.fail()).length).toBeGreaterThan(90_000)
    // Once to find the length, and once before the call, whose bound is too large for the money.
    expect(counted).toBe(2)
  })
})

describe('the words of the pull request', () => {
  it('come with the contradictions of those who did the work', async () => {
    const { result } = await described({
      contradictions: ['a retries five times, b expects three.', ' '],
      title: 'Retry\nfailed   requests',
      body: '\nRequests are retried.\n',
    })
    expect(result).toEqual({
      ok: true,
      title: 'Retry failed requests',
      body: 'Requests are retried.',
      contradictions: ['a retries five times, b expects three.'],
    })
  })
  it('are made from hand-offs, the diff and the conflicts that were settled', async () => {
    const { prompt } = await described({ contradictions: [], title: 'T', body: '' })
    for (const words of [
      'Added retry().',
      'no jitter',
      'done by a program',
      'export const retry',
      'conflicts with others: b',
    ])
      expect(prompt).toContain(words)
  })
  it('are bounded, and so is what they are made from', async () => {
    const long = 'x'.repeat(10_000)
    const huge = 'x'.repeat(500_000)
    const { result, prompt } = await described(
      { contradictions: Array(20).fill(long), title: long, body: long },
      { diff: huge, diffStat: huge },
    )
    expect(JSON.stringify(result).length).toBeLessThan(14_000)
    expect(prompt.length).toBeLessThan(100_000)
  })
})
