import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConcurrencyGroups } from '../../../src/hub/runner/concurrency.ts'
import { TestHub } from './hub.ts'

let hub: TestHub
let gate: string
beforeEach(() => {
  hub = new TestHub({ grace: { interruptMs: 20, terminateMs: 20 } })
  gate = join(hub.folder, 'gate')
})
afterEach(() => hub.close())

/** Every run waits at its first step until the gate opens. */
const gated = (concurrency: string): string => `
on: { workflow_dispatch: { inputs: { n: { type: string } } } }
concurrency: ${concurrency}
jobs:
  job:
    runs-on: any
    steps: [{ run: 'echo started \${{ inputs.n }}; until test -e ${gate}; do sleep 0.01; done' }]
`

async function inOrder(numbers: string[]): Promise<number[]> {
  const ids: number[] = []
  for (const n of numbers) ids.push(await hub.dispatch({ n }))
  return ids
}

const conclusions = (ids: number[]): (string | null)[] => ids.map((id) => hub.outcome(id).run.conclusion)

/** Lines that the steps said, as they were heard over all runs. */
const started = (): string[] =>
  hub.lines.flatMap((line) => (line.startsWith('job | started') ? [line.slice('job | started '.length)] : []))

describe('concurrency of a workflow', () => {
  it('keeps one run waiting by default: a newer one pushes it out', async () => {
    hub.workflow(gated(`{ group: "plan-\${{ github.repository }}" }`))
    const ids = await inOrder(['1', '2', '3', '4'])
    await hub.said('started 1')
    expect(hub.outcome(ids[3] ?? 0).run.status).toBe('queued')
    writeFileSync(gate, '')
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['success', 'cancelled', 'cancelled', 'success'])
    expect(started()).toEqual(['1', '4'])
  })

  it('keeps all of them, in order, with queue: max', async () => {
    hub.workflow(gated('{ group: plan, queue: max }'))
    const ids = await inOrder(['1', '2', '3', '4'])
    writeFileSync(gate, '')
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['success', 'success', 'success', 'success'])
    expect(started()).toEqual(['1', '2', '3', '4'])
  })

  it('stops the one that runs with cancel-in-progress', async () => {
    hub.workflow(gated('{ group: plan, cancel-in-progress: true }'))
    const ids = await inOrder(['1'])
    await hub.said('started 1')
    ids.push(...(await inOrder(['2'])))
    writeFileSync(gate, '')
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['cancelled', 'success'])
  })

  it('lets runs of different groups go side by side', async () => {
    hub.workflow(gated(`plan-\${{ inputs.n }}`))
    const ids = await inOrder(['1', '2'])
    await hub.said('started 1')
    await hub.said('started 2')
    writeFileSync(gate, '')
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['success', 'success'])
  })

  it('can cancel a run that waits, without a job of it ever existing', async () => {
    hub.workflow(gated('{ group: plan, queue: max }'))
    const ids = await inOrder(['1', '2', '3'])
    expect(hub.runner.cancel(ids[1] ?? 0)).toBe(true)
    writeFileSync(gate, '')
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['success', 'cancelled', 'success'])
    expect(hub.outcome(ids[1] ?? 0).jobs).toEqual([])
  })

  it('refuses queue: max together with cancel-in-progress', async () => {
    hub.workflow(gated('{ group: plan, queue: max, cancel-in-progress: true }'))
    const { run } = await hub.play({ n: '1' })
    expect(run.conclusion).toBe('failure')
    expect(run.display_title).toMatch(/^Invalid workflow file: .*'queue: max' cannot be used together/)
  })
})

describe('concurrency of a job', () => {
  it('holds a job back, not its run', async () => {
    hub.workflow(`
on: { workflow_dispatch: { inputs: { n: { type: string } } } }
jobs:
  free: { runs-on: any, steps: [{ run: 'echo free \${{ inputs.n }}' }] }
  alone:
    runs-on: any
    concurrency: { group: alone, queue: max }
    steps: [{ run: 'test ! -e ${gate} && touch ${gate} && echo in \${{ inputs.n }} && rm ${gate}' }]
`)
    const ids = await inOrder(['1', '2', '3'])
    await hub.runner.idle()
    expect(conclusions(ids)).toEqual(['success', 'success', 'success'])
    expect(hub.lines.filter((line) => line.startsWith('alone | in'))).toEqual(
      ['1', '2', '3'].map((n) => `alone | in ${n}`),
    )
    expect(existsSync(gate)).toBe(false)
  })
})

describe('a concurrency group', () => {
  it('takes a hundred waiting contenders with queue: max, and cancels the next', () => {
    const groups = new ConcurrencyGroups()
    const cancelled: number[] = []
    const running: number[] = []
    for (let n = 0; n <= 101; n++) {
      groups.enter(
        { group: n % 2 === 0 ? 'Deploy' : 'deploy', cancelInProgress: false, queue: 'max' },
        { start: () => running.push(n), cancel: () => cancelled.push(n) },
      )
    }
    expect(running).toEqual([0])
    expect(cancelled).toEqual([101])
  })
})
