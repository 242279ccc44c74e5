import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askedByJobs, resetMetrics } from '../../__tests__/e2e/support/figures.ts'
import { issueWith } from '../../__tests__/e2e/support/plan.ts'
import { eventsOf, startWorld, type World } from '../../__tests__/e2e/support/world.ts'
import { randomOf } from '../random.ts'

export interface Served {
  tasks: number
  requests: number
  contentWrites: number
  pushes: number
  /** Seconds, one for each task: from the journal's word to the work's begin, and from the upload to the landing. */
  pickUps: number[]
  landings: number[]
  /** Seconds from the approval to each slot's first task begun. */
  startUps: number[]
}

export const SLOTS = 8

/**
 * So many independent tasks on a hub: real jobs of the workflow that users paste, under the settings by default. `pushes`: how
 * many a minute, where that is not to be what they say.
 */
export async function serve(tasks: number, pushes: number | null): Promise<Served> {
  const limits = pushes === null ? '' : `limits: { pushes_per_minute: ${pushes} }\n`
  const settings = `slots: { start: ${SLOTS}, cap: ${SLOTS} }\nbaseline: off\n${limits}`
  const world = await startWorld({ files: { '.github/tributary.yml': settings } })
  try {
    const random = randomOf(tasks)
    const names = Array.from({ length: tasks }, (_, index) => `t${index + 1}`)
    const drawn = Object.fromEntries(names.map((name) => [name, { milliseconds: Math.round(800 * random()) }]))
    await resetMetrics(world)
    const issue = await world.openIssue(issueWith(names.join(', '), drawn))
    const { pull, planId } = await world.plan(issue)
    await world.say(pull, `/approve ${planId}`)
    await world.when(`${issue}`, 'half done', (_, of) => of.trunk.merges.length >= of.plan.tasks.length / 2)
    await world.ended(`${issue}`)
    await world.idle()
    const asked = await askedByJobs(world)
    const pace = await paceIn(world, `${issue}`)
    const contentWrites = asked.content_writes - writesForPeople(asked.writes) - (await callsIn(world, `${issue}`))
    return { tasks, requests: asked.requests, contentWrites, pushes: asked.git_pushes, ...pace }
  } finally {
    await world.close()
  }
}

/** Reactions and replies to commands, and requests for a review: a person has asked for them, or is asked. */
const writesForPeople = (writes: Readonly<Record<string, number>>): number =>
  Object.entries(writes).reduce((sum, [kind, times]) => (kind.startsWith('POST ') ? sum + times : sum), 0)

/** Comments that call people: the plan is there, the run waits. */
async function callsIn(world: World, run: string): Promise<number> {
  const state = await world.state(run)
  const shown = state === null || state.phase === 'empty' ? [] : Object.keys(state.projected)
  return shown.filter((name) => name === 'comment:proposed' || name.startsWith('comment:call')).length
}

async function paceIn(world: World, run: string) {
  const logs = logsOf(world)
  const events = await world.events(run)
  const started = eventsOf(events, 'task_started')
  const seconds = (from: number, to: number | null) => (to === null ? [] : [(to - from) / 1000])
  const begun = ({ task }: { task: string }) => saidAt(logs, `${task}, attempt 1: begun on`)
  const first = started.filter(({ slot }, index) => started.findIndex((one) => one.slot === slot) === index)
  const approved = Date.parse(events.find(({ type }) => type === 'plan_approved')?.at ?? '')
  return {
    pickUps: started.flatMap((event) => seconds(Date.parse(event.at), begun(event))),
    startUps: first.flatMap((event) => seconds(approved, begun(event))),
    landings: eventsOf(events, 'task_landed').flatMap(({ task, at }) => {
      const uploaded = saidAt(logs, `Artifact tributary-${run}-${task}-1 successfully finalized`)
      return uploaded === null ? [] : [(Date.parse(at) - uploaded) / 1000]
    }),
  }
}

export function logsOf(world: World): string[] {
  const folder = join(world.folder, 'hub', 'logs')
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
}

export function saidAt(lines: readonly string[], words: string): number | null {
  const line = lines.find((one) => one.includes(words))
  return line === undefined ? null : Date.parse(line.slice(0, line.indexOf(' ')))
}
