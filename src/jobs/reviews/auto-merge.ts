import { approverOf } from '../../core/command/auto-merge.ts'
import type { Sha } from '../../core/ids.ts'
import type { Result } from '../../core/result.ts'
import { locatedPull } from '../../core/run/projection-name.ts'
import { type RunState, workOf } from '../../core/run/state.ts'
import type { Settings } from '../../core/settings.ts'
import type { SeenPull } from '../../ports/forge.ts'
import { renderAutoMerge } from '../../render/reply/auto-merge.ts'
import type { JobDeps } from '../deps.ts'
import { personOf } from '../person-of.ts'
import { say } from '../say.ts'

type Deps = Pick<JobDeps, 'forge' | 'log'>

/**
 * Switches auto-merge on for the final pull request of a finished run, if the settings ask for it and a person who may approve has
 * approved its last head, the one that was verified. Reviews are read now, since one may have been dismissed in the meantime.
 * `settingsNow`: as the default branch has them. Returns who approved which head if GitHub merged it at once, because no event tells of that; else null.
 */
export async function mergeIfApproved(
  deps: Deps,
  run: RunState,
  settingsNow: () => Promise<Result<Settings, string[]>>,
): Promise<{ head: Sha; by: string } | null> {
  if (run.phase !== 'ended' || run.conclusion !== 'success') return null
  const [final, head] = [locatedPull(run, 'trunk'), workOf(run)?.trunk.tip]
  if (final === undefined || head === undefined) return null
  const { forge } = deps
  const settings = await settingsNow()
  if (!settings.ok || settings.value.auto_merge === 'off') return null
  const [pull] = await forge.lookAt([final.number])
  if (pull === undefined || pull.state !== 'open' || pull.head !== head) return null
  const approver = approverOf(run, head, await byPeople(deps, pull.reviews), settings.value)
  if (approver === null) return null
  const method = settings.value.auto_merge
  const done = await forge.autoMerge(final, method, head)
  const body = renderAutoMerge(done, { method, head, by: approver.login }).join('\n')
  await say(deps, { threads: [final.number], key: `auto-merge:${head}`, body })
  return done.ok && done.how === 'merged' ? { head, by: approver.login } : null
}

type Reviews = SeenPull['reviews']

/** With the roles that the reviewers have now, each asked for once. */
async function byPeople(deps: Deps, reviews: Reviews) {
  const people = reviews.filter(({ author }) => author.type === 'User')
  const authors = new Map(people.map(({ author }) => [author.login, author]))
  const persons = new Map(
    await Promise.all([...authors].map(async ([login, author]) => [login, await personOf(deps, author)] as const)),
  )
  return people.flatMap(({ author, ...review }) => {
    const by = persons.get(author.login)
    return by === undefined ? [] : [{ ...review, by }]
  })
}
