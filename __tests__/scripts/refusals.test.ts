import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAILURES, PAUSES, PROBLEMS, SAID, STOPS, TASK_FAILURES, WITHOUT } from '../../scripts/refusal-rows.ts'
import { refusalsPage } from '../../scripts/refusals.ts'
import { phaseOf } from '../../src/render/status/run-phase.ts'
import { live } from '../render/support/runs.ts'

const committed = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8')
const rows = committed.split('\n').filter((line) => line.startsWith('| `'))

describe('the page of refusals', () => {
  it('is what the code says; `npm run refusals` writes it', () => expect(committed).toBe(refusalsPage()))

  it('has a row for every reason, with four cells and none of them empty', () => {
    const current = Object.values(PROBLEMS).filter((row) => row !== null)
    const all = [FAILURES, TASK_FAILURES, PAUSES, STOPS, SAID, WITHOUT]
    const count = all.reduce((sum, each) => sum + Object.keys(each).length, 0)
    expect(rows).toHaveLength(count + current.length)
    for (const row of rows) expect(row).toMatch(/^\| `[a-z-]+` (\| [^|\s][^|]* ){3}\|$/)
  })

  it.each(Object.entries(STOPS))('shows %s by a run that is in this phase', (kind, { events }) => {
    const run = live(...events)
    if (run.phase !== 'active') throw new Error(`the run is ${run.phase}`)
    expect(phaseOf(run).kind).toBe(kind)
  })
})
