import { describe, expect, it } from 'vitest'
import { families } from '../../bench/graphs/families.ts'
import { workloadOf } from '../../bench/graphs/workload.ts'
import { virtualClock } from '../../bench/machine/clock.ts'
import { memoryRepo } from '../../bench/machine/repo.ts'
import { paceOf, SAMPLES, STAGES } from '../../bench/overhead/pace.ts'
import { randomOf } from '../../bench/random.ts'
import { oneCommitEach } from '../../bench/state/commits.ts'
import { resumeEverywhere } from '../../bench/state/resume.ts'

const drawn = (n: number) => {
  const random = randomOf(n)
  const [family] = families
  if (family === undefined) throw new Error('there is no family')
  return workloadOf(family.draw(n, random), 0.7, random)
}

const ZERO = '0'.repeat(40)
const words = (subject: string) => ({ subject })

describe('a run whose orchestrator dies', () => {
  it('is decided by the next one as by the last, and each request for slots brings one workflow run', async () => {
    const resumed = await resumeEverywhere(drawn(12), 4)
    expect(resumed).toMatchObject({ different: 0, unfolded: 0, amiss: 0, ended: true })
    expect(resumed.wakeUps).toBeGreaterThan(12)
    expect(resumed.deaths).toBeGreaterThan(0)
  })

  it('can be compared, since what is committed twice has one id, and what differs has another', async () => {
    const repo = oneCommitEach()
    const first = await repo.commit(ZERO, [ZERO], words('one'))
    expect(await repo.commit(ZERO, [ZERO], words('one'))).toBe(first)
    expect(await repo.commit(ZERO, [ZERO], words('other'))).not.toBe(first)
    expect(await repo.commit(ZERO, [first], words('one'))).not.toBe(first)
    const plain = memoryRepo(virtualClock(), 0)
    expect(await plain.commit(ZERO, [], words('one'))).not.toBe(await plain.commit(ZERO, [], words('one')))
  })
})

describe('the pace of a run', () => {
  it('is taken in each stage, over transitions of a whole run', async () => {
    const pace = await paceOf(drawn(300), 8)
    expect(pace.transitions.slice(0, STAGES.length - 1).map(({ length }) => length)).toEqual([SAMPLES, SAMPLES])
    expect(pace.transitions.at(-1)?.length).toBeGreaterThan(10)
    // Each task is queued, started, verified, landed and merged.
    expect(pace.events).toBeGreaterThanOrEqual(5 * 300)
    expect(pace.snapshotBytes).toBeGreaterThan(100_000)
  })
})
