import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchedByJobs, resetMetrics } from '../../__tests__/e2e/support/figures.ts'
import { issueWith } from '../../__tests__/e2e/support/plan.ts'
import { eventsOf, startWorld, type World } from '../../__tests__/e2e/support/world.ts'
import { logsOf, saidAt } from '../overhead/hub.ts'
import { largeCheckout } from './files.ts'

/** Seconds. */
export interface SlotTimes {
  files: number
  slots: number
  /** For each task, from its begin on the slot to the end of its upload, without its program and its acceptance. */
  own: number[]
  /** From the end of a task's upload to the begin of the next task on the same slot; and of that, until the journal says so. */
  between: number[]
  decided: number[]
  /** From the approval's event to the first task's begin, the start of the jobs included. */
  first: number
  /** Bytes that git fetched: by the orchestrator from the approval on, and by each slot, its checkout and looks included. */
  fetched: { orchestrator: number; slot: number }
}

/** So many independent tasks of so many seconds each, on a hub, by real slots under the settings by default. */
export async function slotTimes(files: number, slots: number, tasks: number, seconds: number): Promise<SlotTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-large-'))
  const settings = `slots: { start: ${slots}, cap: ${slots} }\nbaseline: off\n`
  const world = await startWorld({ checkout: largeCheckout(join(folder, 'checkout'), files, settings) })
  try {
    const names = Array.from({ length: tasks }, (_, index) => `t${index + 1}`)
    const each = Object.fromEntries(names.map((name) => [name, { milliseconds: seconds * 1000 }]))
    const issue = await world.openIssue(issueWith(names.join(', '), each))
    const { pull, planId } = await world.plan(issue)
    await resetMetrics(world)
    await world.say(pull, `/approve ${planId}`)
    await world.ended(`${issue}`)
    await world.idle()
    const bytes = await fetchedByJobs(world)
    const fetched = { orchestrator: bytes('orchestrate'), slot: bytes('slot ') / slots }
    return { files, slots, fetched, ...(await timesIn(world, `${issue}`)) }
  } finally {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timesIn(world: World, run: string) {
  const logs = logsOf(world)
  const events = await world.events(run)
  const spans = eventsOf(events, 'task_verified').flatMap(({ task, attempt, report }) => {
    const begun = saidAt(logs, `${task}, attempt ${attempt}: begun on`)
    const ended = saidAt(logs, `${task}, attempt ${attempt}: done`)
    const started = eventsOf(events, 'task_started').find((one) => one.task === task && one.attempt === attempt)
    if (begun === null || ended === null || started === undefined) return []
    const given = Date.parse(started.at)
    return [{ slot: started.slot, given, begun, ended, apart: report.workSeconds + report.acceptanceSeconds }]
  })
  const ordered = spans.toSorted((a, b) => a.begun - b.begun)
  const approved = Date.parse(events.find(({ type }) => type === 'plan_approved')?.at ?? '')
  const pairs = ordered.flatMap((one, index) => {
    const next = ordered.slice(index + 1).find(({ slot }) => slot === one.slot)
    return next === undefined ? [] : [[one, next] as const]
  })
  return {
    own: ordered.map(({ begun, ended, apart }) => (ended - begun) / 1000 - apart),
    between: pairs.map(([one, next]) => (next.begun - one.ended) / 1000),
    decided: pairs.map(([one, next]) => (next.given - one.ended) / 1000),
    first: ((ordered[0]?.begun ?? Number.NaN) - approved) / 1000,
  }
}
