import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterPush, type RefUpdate } from '../acts/pushed.ts'
import { taskOf } from '../control/task.ts'
import type { Call, HubEnv } from '../rest/kit.ts'
import { type Actor, ANONYMOUS, identify, loginOf } from '../who/actor.ts'
import { canPush } from '../who/permission.ts'
import type { World } from '../world.ts'
import { type CgiCall, runBackend } from './cgi.ts'

const NOBODY = '0'.repeat(40)

/** git over smart HTTP. */
export function gitRoutes(world: World) {
  const { owner, repo } = world.store.doc
  const app = new Hono<HubEnv>()
  for (const base of [`/${owner}/${repo}.git`, `/${owner}/${repo}`]) {
    app.get(`${base}/info/refs`, (call) => serve(world, call, '/info/refs', call.req.query('service') ?? ''))
    app.post(`${base}/git-upload-pack`, (call) => serve(world, call, '/git-upload-pack', 'git-upload-pack'))
    app.post(`${base}/git-receive-pack`, (call) => serve(world, call, '/git-receive-pack', 'git-receive-pack'))
  }
  return app
}

async function serve(world: World, call: Call, path: string, service: string): Promise<Response> {
  const actor = identify(world.store.doc, call.req.header('authorization'))
  if (actor === null) return call.text('Invalid username or token.\n', 401, CHALLENGE)
  call.set('actor', actor)
  const refused = service === 'git-receive-pack' ? refusePush(world, call, actor) : refuseFetch(world, call, actor)
  if (refused !== null) return refused
  const cgi = cgiCall(world, call, actor, path)
  if (path === '/git-receive-pack') return push(world, call, actor, cgi)
  if (path === '/git-upload-pack') return fetchPack(world, call, actor, cgi)
  if (service !== 'git-upload-pack') return runBackend(call.env.incoming, cgi, world.log)
  world.metrics.add({ git_reads: 1 }, { actor, task: null })
  return advertise(world, call, cgi)
}

/**
 * In protocol 2 this answer says what the server can do and names no ref, so it is the same each time. Those who wait for
 * a ref to move ask for it several times a second.
 */
async function advertise(world: World, call: Call, cgi: CgiCall): Promise<Response> {
  const ask = () => runBackend(call.env.incoming, cgi, world.log)
  if (call.req.header('git-protocol') !== 'version=2') return ask()
  const known = advertisements.get(world)
  if (known !== undefined) return new Response(known.body, { headers: known.headers })
  const answer = await ask()
  const body = await answer.arrayBuffer()
  if (answer.ok) advertisements.set(world, { body, headers: answer.headers })
  return new Response(body, { status: answer.status, headers: answer.headers })
}

const advertisements = new WeakMap<World, { body: ArrayBuffer; headers: Headers }>()

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="GitHub"' }

function refusePush(world: World, call: Call, actor: Actor): Response | null {
  if (actor.kind === 'anonymous') return call.text('No anonymous write access.\n', 401, CHALLENGE)
  if (canPush(actor)) return null
  const { owner, repo } = world.store.doc
  return call.text(`Permission to ${owner}/${repo}.git denied to ${loginOf(actor)}.\n`, 403)
}

function refuseFetch(world: World, call: Call, actor: Actor): Response | null {
  if (!world.store.doc.settings.private) return null
  if (actor === ANONYMOUS || actor.kind === 'anonymous') return call.text('Repository not found.\n', 401, CHALLENGE)
  const reads =
    actor.kind === 'job' ? /^(read|write)$/.test(actor.token.permissions.contents ?? '') : actor.person.role !== 'none'
  return reads ? null : call.text('Repository not found.\n', 404)
}

function cgiCall(world: World, call: Call, actor: Actor, path: string): CgiCall {
  const refuses = world.store.doc.settings.refuseCustomRefs ? 'yes' : 'no'
  return {
    root: dirname(world.git.dir),
    pathInfo: `/${basename(world.git.dir)}${path}`,
    query: new URL(call.req.url).search.slice(1),
    remoteUser: loginOf(actor),
    env: { HUB_PUSHER: actor.kind, HUB_REFUSES_CUSTOM_REFS: refuses },
  }
}

/** The answer waits until pull requests have followed, so that whoever pushed finds them so. */
async function push(world: World, call: Call, actor: Actor, cgi: CgiCall): Promise<Response> {
  const moved = join(tmpdir(), `hub-push-${randomUUID()}`)
  try {
    const answer = await runBackend(call.env.incoming, { ...cgi, env: { ...cgi.env, HUB_PUSHED: moved } }, world.log)
    const body = await answer.arrayBuffer()
    const updates = await readMoved(moved)
    countPush(world, call, actor, updates)
    if (updates.length > 0) await world.inTurn(() => afterPush(world, actor, updates))
    return new Response(body, { status: answer.status, headers: answer.headers })
  } finally {
    await rm(moved, { force: true })
  }
}

async function readMoved(file: string): Promise<RefUpdate[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [old, sha, ref] = line.split(' ')
    if (old === undefined || sha === undefined || ref === undefined) return []
    return [{ ref, old: old === NOBODY ? null : old, new: sha === NOBODY ? null : sha }]
  })
}

/** A push that speaks of one task counts for it, each ref for its own. */
function countPush(world: World, call: Call, actor: Actor, updates: readonly RefUpdate[]): void {
  const tasks = new Set(updates.map(({ ref }) => taskOf(ref)).filter((task) => task !== null))
  const [only] = tasks
  const task = tasks.size === 1 && only !== undefined ? only : null
  call.set('task', task)
  world.metrics.add({ git_pushes: 1 }, { actor, task })
  for (const { ref } of updates) world.metrics.add({ pushed_refs: 1 }, { actor, task: taskOf(ref) })
}

/** In protocol 2 listing refs posts here as well: only what asks for objects counts as a fetch. */
async function fetchPack(world: World, call: Call, actor: Actor, cgi: CgiCall): Promise<Response> {
  const body = new Uint8Array(await call.req.arrayBuffer())
  const plain = call.req.header('content-encoding') === 'gzip' ? gunzipSync(body) : Buffer.from(body)
  const lists = plain.subarray(0, 64).toString('latin1').includes('command=ls-refs')
  if (!lists) world.metrics.add({ git_fetches: 1 }, { actor, task: null })
  return runBackend(call.env.incoming, { ...cgi, body }, world.log)
}
