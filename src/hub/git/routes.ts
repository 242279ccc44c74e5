import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { Hono } from 'hono'
import { type Actor, ANONYMOUS, identify, loginOf } from '../access/actor.ts'
import { canPush } from '../access/permission.ts'
import { taskOfRequest } from '../control/task.ts'
import { afterPush, type PushedRef } from '../mutations/pushed.ts'
import type { HubEnv, RestCall } from '../rest/request.ts'
import type { World } from '../world.ts'
import { refsOf } from './ls-refs.ts'
import { writeRefusals } from './refusals.ts'
import { advertise, exchange, type GitRequest, type GitService } from './smart-http.ts'

const NOBODY = '0'.repeat(40)

/** git over smart HTTP. */
export function gitRoutes(world: World) {
  return new Hono<HubEnv>()
    .use('/:owner/:repo/*', async (call, next) => {
      const { owner, repo, formerNames = [] } = world.store.doc
      const wanted = `${call.req.param('owner')}/${call.req.param('repo').replace(/\.git$/, '')}`
      if (wanted === `${owner}/${repo}`) return next()
      if (!formerNames.includes(wanted)) return call.notFound()
      return call.redirect(call.req.url.replace(/\/[^/]+\/[^/]+\/(?=info\/|git-)/, `/${owner}/${repo}.git/`), 301)
    })
    .get('/:owner/:repo/info/refs', (call) => greet(world, call))
    .post('/:owner/:repo/git-upload-pack', (call) => admitted(world, call, 'git-upload-pack', fetchPack))
    .post('/:owner/:repo/git-receive-pack', (call) => admitted(world, call, 'git-receive-pack', push))
}

async function greet(world: World, call: RestCall): Promise<Response> {
  const service = call.req.query('service')
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
    return call.text('Please upgrade your git client.\n', 400)
  return admitted(world, call, service, (_, request) => advertiseOnce(world, request))
}

type Serve = (world: World, request: GitRequest, call: RestCall, actor: Actor) => Response | Promise<Response>

async function admitted(world: World, call: RestCall, service: GitService, serve: Serve): Promise<Response> {
  const actor = identify(world.store.doc, call.req.header('authorization'))
  if (actor === null) return call.text('Invalid username or token.\n', 401, CHALLENGE)
  call.set('actor', actor)
  const refused = service === 'git-receive-pack' ? refusePush(world, call, actor) : refuseFetch(world, call, actor)
  if (refused !== null) return refused
  const { log, git } = world
  return serve(world, { dir: git.dir, service, protocol: call.req.header('git-protocol') ?? '', log }, call, actor)
}

/**
 * In protocol 2 this answer says what the server can do and names no ref, so it is the same each time. Those who wait for
 * a ref to move ask for it several times a second.
 */
async function advertiseOnce(world: World, request: GitRequest): Promise<Response> {
  if (request.service !== 'git-upload-pack' || request.protocol !== 'version=2') return advertise(request)
  const { headers, body } = advertisements.get(world) ?? (await kept(advertise(request)))
  if (body.byteLength > 0) advertisements.set(world, { headers, body })
  return new Response(body, { headers })
}

const advertisements = new WeakMap<World, { body: ArrayBuffer; headers: Headers }>()
const kept = async (answer: Response) => ({ headers: answer.headers, body: await answer.arrayBuffer() })

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="GitHub"' }

function refusePush(world: World, call: RestCall, actor: Actor): Response | null {
  if (actor.kind === 'anonymous') return call.text('No anonymous write access.\n', 401, CHALLENGE)
  if (world.store.doc.settings.archived) return call.text('This repository was archived so it is read-only.\n', 403)
  if (canPush(actor)) return null
  const { owner, repo } = world.store.doc
  return call.text(`Permission to ${owner}/${repo}.git denied to ${loginOf(actor)}.\n`, 403)
}

function refuseFetch(world: World, call: RestCall, actor: Actor): Response | null {
  if (!world.store.doc.settings.private) return null
  if (actor === ANONYMOUS || actor.kind === 'anonymous') return call.text('Repository not found.\n', 401, CHALLENGE)
  const reads =
    actor.kind === 'job' ? /^(read|write)$/.test(actor.token.permissions.contents ?? '') : actor.person.role !== 'none'
  return reads ? null : call.text('Repository not found.\n', 404)
}

/** The answer waits until the pull requests are updated, so that the client that pushed sees them so. */
async function push(world: World, request: GitRequest, call: RestCall, actor: Actor): Promise<Response> {
  const moved = join(tmpdir(), `hub-push-${randomUUID()}`)
  const refusals = writeRefusals(world.faults.refusals())
  const env = { ...rulesFor(world), HUB_PUSHER: actor.kind, HUB_PUSHED: moved, HUB_REFUSALS: refusals?.folder ?? '' }
  try {
    const { headers, body } = await kept(exchange({ ...request, env }, unpacked(call)))
    const updates = await readMoved(moved)
    countPush(world, call, actor, updates)
    if (updates.length > 0) await world.inTurn(() => afterPush(world, actor, updates))
    return new Response(body, { headers })
  } finally {
    for (const file of [moved, `${moved}.plain`]) await rm(file, { force: true })
    refusals?.settle()
  }
}

function rulesFor({ store, urls }: World) {
  const { refuseCustomRefs, workflowRule, branchRules, bypass } = store.doc.settings
  return {
    HUB_REFUSES_CUSTOM_REFS: refuseCustomRefs ? 'yes' : 'no',
    HUB_WORKFLOW_RULE: workflowRule,
    HUB_RULES: bypass === 'never' ? branchRules.join(' ') : '',
    HUB_RULES_URL: `${urls.html}/rules`,
  }
}

async function readMoved(file: string): Promise<PushedRef[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [old, sha, ref] = line.split(' ')
    if (old === undefined || sha === undefined || ref === undefined) return []
    return [{ ref, old: old === NOBODY ? null : old, new: sha === NOBODY ? null : sha }]
  })
}

/** A push to refs of one task counts as that task's push; each ref counts for its own task in any case. */
function countPush(world: World, call: RestCall, actor: Actor, updates: readonly PushedRef[]): void {
  const tasks = new Set(updates.map(({ ref }) => taskOfRequest(ref)).filter((task) => task !== null))
  const [only] = tasks
  const task = tasks.size === 1 && only !== undefined ? only : null
  call.set('task', task)
  world.metrics.add({ git_pushes: 1 }, { actor, task })
  for (const { ref } of updates) world.metrics.add({ pushed_refs: 1 }, { actor, task: taskOfRequest(ref) })
}

/** In protocol 2 listing refs posts here as well: only what asks for objects counts as a fetch. */
async function fetchPack(world: World, request: GitRequest, call: RestCall, actor: Actor): Promise<Response> {
  const body = await buffer(unpacked(call))
  const lists = body.subarray(0, 64).toString('latin1').includes('command=ls-refs')
  world.metrics.add(lists ? { git_reads: 1 } : { git_fetches: 1 }, { actor, task: null })
  const refs = lists ? await refsOf(request.dir, body.toString('utf8')) : null
  const count = (bytes: number) => world.metrics.add({ git_bytes: bytes }, { actor, task: null })
  if (refs === null) return counted(exchange(request, Readable.from([body])), count)
  count(Buffer.byteLength(refs))
  return call.body(refs, 200, { 'Content-Type': 'application/x-git-upload-pack-result', 'Cache-Control': 'no-cache' })
}

function counted({ body, headers }: Response, count: (bytes: number) => void): Response {
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      count(chunk.byteLength)
      controller.enqueue(chunk)
    },
  })
  return new Response(body?.pipeThrough(counter) ?? null, { headers })
}

/** git compresses a long request body. */
function unpacked(call: RestCall): Readable {
  const { incoming } = call.env
  return call.req.header('content-encoding') === 'gzip' ? incoming.pipe(createGunzip()) : incoming
}
