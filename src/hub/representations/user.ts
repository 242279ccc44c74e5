import { BOT, findPerson } from '../access/people.ts'
import type { World } from '../world.ts'
import { nodeId } from './node-id.ts'

const LINKS = ['followers', 'subscriptions', 'organizations', 'repos', 'received_events'] as const

/** A user as embedded in other objects. */
export function userShape(world: World, login: string) {
  const bot = login === BOT.login
  const owner = login === world.store.doc.owner
  const id = bot ? BOT.id : (findPerson(login)?.id ?? (owner ? 100 : 999))
  const url = `${world.urls.api}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: nodeId(bot ? 'BOT' : owner ? 'O' : 'U', id),
    avatar_url: `${world.urls.server}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: bot ? `${world.urls.server}/apps/github-actions` : `${world.urls.server}/${login}`,
    ...Object.fromEntries(LINKS.map((link) => [`${link}_url`, `${url}/${link}`])),
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    events_url: `${url}/events{/privacy}`,
    type: bot ? 'Bot' : owner ? 'Organization' : 'User',
    user_view_type: 'public',
    site_admin: false,
  }
}

/** `GET /user`. */
export const publicUserShape = (world: World, login: string) => ({
  ...userShape(world, login),
  name: login,
  company: null,
  blog: '',
  location: null,
  email: `${login}@users.noreply.hub.localhost`,
  hireable: null,
  bio: null,
  twitter_username: null,
  public_repos: 1,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: world.store.doc.createdAt,
  updated_at: world.store.doc.createdAt,
})
