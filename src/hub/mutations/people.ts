import type { Actor } from '../access/actor.ts'
import { findPerson } from '../access/people.ts'
import { Refusal } from '../refusal.ts'
import type { PullIssue } from '../representations/pull.ts'
import { userShape } from '../representations/user.ts'
import type { World } from '../world.ts'
import { emitPull } from './pulls.ts'

/** Only collaborators can be asked for a review; the author's own name is passed over, as on GitHub. */
export async function requestReviewers(
  world: World,
  actor: Actor,
  issue: PullIssue,
  { logins, teams }: { logins: readonly string[]; teams: readonly string[] },
): Promise<void> {
  // The hub's repository belongs to a person, so it has no teams.
  if (teams.length > 0)
    throw new Refusal(
      422,
      'Reviews may only be requested from collaborators. One or more of the teams you specified is not a collaborator of the repository.',
    )
  if (logins.includes(issue.author)) throw new Refusal(422, 'Review cannot be requested from pull request author.')
  if (!logins.every((login) => (findPerson(login)?.role ?? 'none') !== 'none'))
    throw new Refusal(422, 'Reviews may only be requested from collaborators.')
  const before = issue.pull.requestedReviewers ?? []
  const fresh = [...new Set(logins)].filter((login) => !before.includes(login))
  issue.pull.requestedReviewers = [...before, ...fresh]
  world.store.changed()
  for (const login of fresh)
    await emitPull(world, actor, issue, 'review_requested', { requested_reviewer: userShape(world, login) })
}
