import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { withinSeconds } from '../../../src/adapters/system/time-limit.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Never ends by itself, and holds no reference to the signal. */
const aborted = (limit: AbortSignal): Promise<never> =>
  new Promise((_, reject) => limit.addEventListener('abort', () => reject(limit.reason)))

describe('work within seconds', () => {
  it('is stopped when they are over, also after garbage was collected', async () => {
    const collecting = setInterval(collectGarbage, 5)
    await expect(withinSeconds(0.2, new AbortController().signal, aborted)).rejects.toThrow('took longer than 0.2 s')
    clearInterval(collecting)
  })

  it('is stopped with what it is part of, for the same reason', async () => {
    const outer = new AbortController()
    const work = expect(withinSeconds(60, outer.signal, aborted)).rejects.toThrow('The job ends.')
    outer.abort(new Error('The job ends.'))
    await work
    const reason = await withinSeconds(60, outer.signal, async (limit) => limit.reason)
    expect(reason).toBe(outer.signal.reason)
  })

  it('answers with the result of what is in time', async () => {
    expect(await withinSeconds(60, undefined, async () => 7)).toBe(7)
  })
})
