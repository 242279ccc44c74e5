import { Hono } from 'hono'
import { needRead } from '../access/permission.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { commitNamed } from './commits.ts'
import { type HubEnv, restOf } from './request.ts'

export const contentRoutes = (world: World) =>
  new Hono<HubEnv>().get('/contents/*', async (call) => {
    needRead(world.store.doc, call.var.actor, 'contents')
    const path = restOf(call, '/contents/').replace(/\/$/, '')
    const ref = call.req.query('ref') ?? world.store.doc.defaultBranch
    const commit = await commitNamed(world, ref)
    if (commit === null) throw new Refusal(404, `No commit found for the ref ${ref}`)
    const entry = path === '' ? { type: 'tree', sha: `${commit}^{tree}` } : await entryAt(world, commit, path)
    if (entry === null) throw notFound()
    if (entry.type !== 'blob') return call.json(await listing(world, commit, path, ref))
    const bytes = (await world.git.blob(entry.sha)) ?? Buffer.alloc(0)
    if (/\.raw\b/.test(call.req.header('accept') ?? '')) {
      call.header('Content-Type', 'application/vnd.github.raw+json; charset=utf-8')
      return call.body(new Uint8Array(bytes))
    }
    const content = bytes.toString('base64').replace(/.{60}/g, '$&\n')
    const { name, url, html_url, ...rest } = addresses(world, path, ref, entry.sha, 'blob')
    return call.json({
      type: 'file',
      encoding: 'base64',
      size: bytes.length,
      name,
      path,
      content,
      sha: entry.sha,
      url,
      html_url,
      ...rest,
    })
  })

async function entryAt(world: World, commit: string, path: string) {
  const sha = await world.git.resolve(`${commit}:${path}`)
  return sha === null ? null : world.git.object(sha)
}

async function listing(world: World, commit: string, path: string, ref: string) {
  const lines = await world.git.text(['ls-tree', '-l', '-z', `${commit}:${path}`])
  return lines.split('\0').flatMap((line) => {
    if (line === '') return []
    const tab = line.indexOf('\t')
    const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/)
    const full = path === '' ? line.slice(tab + 1) : `${path}/${line.slice(tab + 1)}`
    return [
      { type: kindOf(mode, type), size: Number(size) || 0, path: full, sha, ...addresses(world, full, ref, sha, type) },
    ]
  })
}

const kindOf = (mode: string, type: string): string =>
  type === 'tree' ? 'dir' : type === 'commit' ? 'submodule' : mode === '120000' ? 'symlink' : 'file'

function addresses(world: World, path: string, ref: string, sha: string, type: string) {
  const url = `${world.urls.repo}/contents/${path}?ref=${encodeURIComponent(ref)}`
  const git_url = `${world.urls.repo}/git/${type}s/${sha}`
  const html_url = `${world.urls.html}/${type}/${ref}/${path}`
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    url,
    html_url,
    git_url,
    download_url: type === 'blob' ? `${world.urls.html}/raw/${ref}/${path}` : null,
    _links: { self: url, git: git_url, html: html_url },
  }
}
