import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { replay } from '../../../../src/core/run/evolve.ts'
import type { LiveRun } from '../../../../src/core/run/state.ts'
import { keepPage } from '../../../../src/jobs/orchestrate/projections/run-page.ts'
import { newSession } from '../../../../src/jobs/orchestrate/session/session.ts'
import { isPlanned } from '../../../../src/render/plan/planned-run.ts'
import { finalPull } from '../../../../src/render/pull/final-pull.ts'
import {
  approved,
  done,
  history,
  projected,
  proposed,
  requested,
  type TimedEvent,
} from '../../../render/support/runs.ts'
import { planOf } from '../../../support/plan.ts'

const END = [...done('a'), projected(['pull:trunk', 51]), { type: 'run_finished', sha: 'f'.repeat(40) } as const]
const ended = (...after: readonly TimedEvent[]) =>
  history(requested(), proposed(planOf('a')), approved(), ...END, ...after)

/** An orchestrator of workflow run 7 that keeps pages as this says. */
function session(events: readonly RunEvent[], keep: (name: string, page: string) => Promise<number>) {
  const log: string[] = []
  const deps = {
    journal: { history: async () => events },
    pages: { keep },
    redact: (text: string) => text.replaceAll('hunter2', '***'),
    clock: { now: () => new Date(0) },
    workflowRun: 7,
    log: (line: string) => log.push(line),
  } as unknown as Parameters<typeof newSession>[0]
  const at = { state: replay(events) as LiveRun, tip: 'f'.repeat(40), unsure: new Set<string>() }
  return { log, session: newSession(deps, null as never, '42', at) }
}

const linkIn = ({ state, shown }: ReturnType<typeof session>['session']): string | undefined => {
  const seen = { ...state, projected: { ...state.projected, ...Object.fromEntries(shown) } } as LiveRun
  return isPlanned(seen) ? /\[The run as a page\]\((.*?)\)/.exec(finalPull(seen).body)?.[1] : undefined
}

describe('the page of a run', () => {
  it('is kept once when the run has ended, without what is secret, and the final pull request links it', async () => {
    const kept: { name: string; page: string }[] = []
    const { session: one } = session(
      ended({ type: 'platform_refused', what: 'reviewers', why: 'hunter2' }),
      async (name, page) => kept.push({ name, page }),
    )
    await keepPage(one)
    await keepPage(one)
    expect(kept).toHaveLength(1)
    expect(kept[0]?.name).toMatch(/^tributary-42-[0-9a-f]{16}\.html$/)
    expect(kept[0]?.page).toContain('<title>Run 42: ')
    expect(kept[0]?.page).toContain('***')
    expect(kept[0]?.page).not.toContain('hunter2')
    expect(linkIn(one)).toBe('../actions/runs/7/artifacts/1')
  })

  it('is not kept again by the next orchestrator, unless the run went on and has ended again', async () => {
    const names: string[] = []
    const keep = async (name: string) => names.push(name)
    const { session: first } = session(ended(), keep)
    await keepPage(first)
    const entries = [...first.shown].map(([name, it]) => ({ name, ...it }))
    await keepPage(session(ended({ type: 'projected', entries }), keep).session)
    expect(names).toHaveLength(1)
    const again = ended(
      { type: 'projected', entries },
      { type: 'run_reopened' },
      { type: 'run_finished', sha: 'f'.repeat(40) },
    )
    await keepPage(session(again, keep).session)
    expect(new Set(names).size).toBe(2)
  })

  it('costs nothing but its link if it cannot be kept, and is not tried again', async () => {
    let tries = 0
    const { session: one, log } = session(ended(), async () => {
      tries += 1
      throw new Error('Artifact storage quota has been hit')
    })
    await keepPage(one)
    await keepPage(one)
    expect(tries).toBe(1)
    expect(log).toEqual(['the page of the run is not kept: Artifact storage quota has been hit'])
    expect(linkIn(one)).toBeUndefined()
  })

  it('is not made while the run goes on, nor of one that nobody can find from a pull request', async () => {
    const never = async () => Promise.reject(new Error('kept'))
    const { session: atWork, log } = session(history(requested(), proposed(planOf('a')), approved()), never)
    await keepPage(atWork)
    const withoutPull = history(requested(), proposed(planOf('a')), { type: 'run_cancelled', why: '' })
    const { session: hidden, log: other } = session(withoutPull, never)
    await keepPage(hidden)
    expect([...log, ...other]).toEqual([])
  })
})
