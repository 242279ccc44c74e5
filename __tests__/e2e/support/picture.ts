import { expect } from 'vitest'
import type { TaskId } from '../../../src/core/ids.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import { type LiveRun, workOf } from '../../../src/core/run/state.ts'
import type { Work } from '../../../src/core/run/work.ts'
import { doubled, shownOf } from './once.ts'
import type { World } from './world.ts'

export interface Picture {
  /** The first words of the status comment. */
  title: string
  /** How the newest check of each task has ended. */
  checks: Readonly<Record<TaskId, string>>
  /** Tasks whose worker pull requests show as merged, and those whose are closed; null: there are no worker pull requests. */
  pulls: { merged: readonly TaskId[]; closed: readonly TaskId[] } | null
}

/** What must hold of every run that has ended, whatever became of it: the journal, git and all that people see say the same. */
export async function expectFinished(world: World, run: string, picture: Picture): Promise<void> {
  const [events, state, shown] = [await world.events(run), await world.state(run), await shownOf(world, run)]
  expect(replay(events)).toEqual(state)
  if (state === null || state.phase === 'empty') throw new Error(`run ${run} has no journal`)
  for (const [what, names] of Object.entries(shown)) expect(doubled(names), `${what} of run ${run}`).toEqual([])
  expect(shown.unfinished).toEqual([])
  await expectStatus(world, state, picture.title)
  const work = workOf(state)
  if (work === null) throw new Error(`run ${run} has no plan`)
  expect(await checksOf(world, work, Object.keys(picture.checks))).toEqual(picture.checks)
  if (picture.pulls === null)
    expect(shown.pulls).toHaveLength(shown.pulls.filter((name) => name.endsWith('/trunk')).length)
  else expect(await pullsOf(world, run)).toEqual(picture.pulls)
}

/** Where everything is said: on the final pull request, else on the issue. */
export const threadOf = (state: LiveRun): number => state.projected['pull:trunk']?.number ?? state.issue.number

/** The one live comment: the same comment from the approval on, edited since. */
export async function statusOf(world: World, state: LiveRun) {
  const marker = `<!-- tributary:status:${state.run} -->`
  const threads = [...new Set([state.issue.number, threadOf(state)])]
  const comments = (await Promise.all(threads.map((thread) => world.comments(thread)))).flat()
  const [status, ...more] = comments.filter(({ body }) => body?.startsWith(marker))
  expect(more).toEqual([])
  if (status === undefined) throw new Error(`run ${state.run} has no status comment`)
  return status
}

async function expectStatus(world: World, state: LiveRun, title: string): Promise<void> {
  const status = await statusOf(world, state)
  expect(status.user?.login).toBe('github-actions[bot]')
  expect(status.body?.split('\n')[1]).toMatch(new RegExp(`^## ${title}(:|$)`))
  expect(status.id).toBe(state.projected['comment:status']?.number)
  expect(status.updated_at > status.created_at, 'the status comment has been edited').toBe(true)
}

/** The conclusion of each task's newest check, which stands alone on a commit that no other task has. */
export async function checksOf(world: World, work: Work, tasks: readonly TaskId[]): Promise<Record<TaskId, string>> {
  const found = await Promise.all(tasks.map(async (id) => [id, await checkOf(world, work, id)] as const))
  return Object.fromEntries(found)
}

async function checkOf(world: World, work: Work, id: TaskId): Promise<string> {
  const last = recordOf(work, id).attempts.at(-1)
  const ref = last === undefined ? work.trunk.start : (last.head ?? last.base)
  const all = await world.admin.paginate(world.admin.rest.checks.listForRef, { ...world.at, ref, per_page: 100 })
  const own = all.filter(({ name }) => name.startsWith(`tributary / ${id} `))
  if (last !== undefined) expect(all.map(({ name }) => name)).toEqual(own.map(({ name }) => name))
  expect(own, `checks of ${id} on ${ref}`).toHaveLength(1)
  return own[0]?.conclusion ?? own[0]?.status ?? 'none'
}

/** Worker pull requests as people see them, by their tasks. */
export async function pullsOf(world: World, run: string) {
  const all = await world.admin.paginate(world.admin.rest.pulls.list, { ...world.at, state: 'all', per_page: 100 })
  const own = all.filter(({ base }) => base.ref === `tributary/${run}/trunk`)
  const named = (chosen: typeof own) => chosen.map(({ head }) => head.ref.split('/').at(-1)).toSorted()
  expect(named(own.filter(({ state }) => state === 'open')), 'open worker pull requests').toEqual([])
  return {
    merged: named(own.filter(({ merged_at }) => merged_at !== null)),
    closed: named(own.filter(({ merged_at }) => merged_at === null)),
  }
}

/** Branches of a run, without its journal, by the names of their last parts. */
export const branchesOf = (world: World, run: string): string[] =>
  world
    .git('for-each-ref', '--format=%(refname)', `refs/heads/tributary/${run}/`)
    .split('\n')
    .flatMap((ref) => ref.split('/').at(-1) || [])
    .filter((name) => name !== 'log')
    .toSorted()
