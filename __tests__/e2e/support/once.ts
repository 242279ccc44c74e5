import { expect } from 'vitest'
import { agreement, eventsOf, type World } from './world.ts'

const names = (found: RegExpMatchArray | null): string => found?.[1] ?? ''

/** What the world shows of a run, as lists of names in which nothing may stand twice. */
export async function shownOf(world: World, run: string) {
  const issue = Number(run.split('-')[0])
  const pulls = await world.admin.paginate(world.admin.rest.pulls.list, { ...world.at, state: 'all', per_page: 100 })
  const own = pulls.filter((pull) => pull.head.ref.startsWith(`tributary/${run}/`))
  const final = own.find((pull) => pull.head.ref.endsWith('/trunk'))
  const threads = [issue, ...(final === undefined ? [] : [final.number])]
  const comments = (await Promise.all(threads.map((thread) => world.comments(thread)))).flat()
  const { data } = await world.admin.rest.actions.listWorkflowRunsForRepo({
    ...world.at,
    event: 'workflow_dispatch',
    per_page: 100,
  })
  const checks = await checksOf(world, run)
  return {
    comments: comments
      .map((one) => names(/<!-- (tributary:.*?) -->/.exec(one.body ?? '')))
      .filter((name) => name !== ''),
    pulls: own.map((pull) => pull.head.ref),
    checks: checks.map((check) => `${check.name} @ ${check.head_sha}`),
    unfinished: checks.filter((check) => check.status !== 'completed').map((check) => `${check.name}: ${check.status}`),
    slots: data.workflow_runs.map((one) => one.display_title).filter((title) => title.includes(` work ${run} `)),
  }
}

async function checksOf(world: World, run: string) {
  const state = await world.state(run)
  if (state === null || !('work' in state) || state.work === null) return []
  const attempts = Object.values(state.work.tasks).flatMap((task) =>
    task.attempts.flatMap(({ base, head }) => [base, head]),
  )
  const { start, merges } = state.work.trunk
  const shas = new Set([...attempts, start, ...merges.map((merge) => merge.sha)].filter((sha) => sha !== null))
  const lists = [...shas].map((ref) =>
    world.admin.paginate(world.admin.rest.checks.listForRef, { ...world.at, ref, per_page: 100 }),
  )
  return (await Promise.all(lists)).flat().filter((check) => check.name.startsWith('tributary'))
}

export const doubled = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)

/** A run of `a > c, b > c` that met with harm has ended as one that met with none: everything is there, and once. */
export async function expectOneOfEverything(world: World, run: string): Promise<void> {
  expect((await world.ended(run)).conclusion).toBe('success')
  expect(await world.faults()).toEqual([])
  const seen = await agreement(world, run)
  expect(seen.folded).toEqual(seen.state)
  expect(seen.trunkInGit).toBe(seen.trunkInJournal)
  const { unfinished, ...lists } = await shownOf(world, run)
  for (const [name, list] of Object.entries(lists)) expect(doubled(list), name).toEqual([])
  expect(unfinished).toEqual([])
  const landed = eventsOf(await world.events(run), 'task_landed').map((event) => event.task)
  expect(landed.toSorted()).toEqual(['a', 'b', 'c'])
}
