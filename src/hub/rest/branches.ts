import { Hono } from 'hono'
import { commitAt } from '../git/commits.ts'
import { Refusal } from '../refusal.ts'
import { commitShape } from '../shape/commit.ts'
import { needRead } from '../who/permission.ts'
import type { World } from '../world.ts'
import { type HubEnv, pageOf, restOf } from './kit.ts'

export const branchRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/branches', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      const branches = await world.git.refs('refs/heads/')
      const shown = branches.map(({ ref, sha }) => ({
        name: ref.slice('refs/heads/'.length),
        commit: { sha, url: `${world.urls.repo}/commits/${sha}` },
        protected: false,
      }))
      return call.json(pageOf(call, shown))
    })
    .get('/branches/*', async (call) => {
      needRead(world.store.doc, call.var.actor, 'contents')
      const name = restOf(call, '/branches/')
      const commit = await commitAt(world.git, `refs/heads/${name}`)
      if (commit === null) throw new Refusal(404, 'Branch not found')
      const self = `${world.urls.repo}/branches/${name}`
      return call.json({
        name,
        commit: commitShape(world, commit),
        _links: { self, html: `${world.urls.html}/tree/${name}` },
        protected: false,
        protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
        protection_url: `${self}/protection`,
      })
    })
