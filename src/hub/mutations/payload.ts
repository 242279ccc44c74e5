import { type Actor, loginOf } from '../access/actor.ts'
import { repositoryShape } from '../representations/repository.ts'
import { userShape } from '../representations/user.ts'
import type { World } from '../world.ts'

/** A webhook payload: the event's own fields, with the repository and the sender that every payload holds. */
export const payload = (world: World, actor: Actor, own: Record<string, unknown>): Record<string, unknown> => ({
  ...own,
  repository: repositoryShape(world),
  organization: organization(world),
  sender: userShape(world, loginOf(actor)),
})

function organization(world: World) {
  const { login, id, node_id, avatar_url } = userShape(world, world.store.doc.owner)
  const url = `${world.urls.api}/orgs/${login}`
  return {
    login,
    id,
    node_id,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url,
    description: null,
  }
}
