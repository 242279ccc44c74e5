import type { RunEvent } from '../../../src/core/run/event.ts'
import type { LiveRun, RunState } from '../../../src/core/run/state.ts'
import { renderStatus } from '../../../src/render/status/status-comment.ts'
import { threadOf } from '../../e2e/support/picture.ts'
import type { World } from '../../e2e/support/world.ts'

type Random = (below: number) => number

/** Faults of the hub that happen to a run. */
type Draw = (random: Random) => object[]

const chosen = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[random(values.length)] ?? values[0]

const PUSH = { route: 'git-receive-pack$', method: 'POST' }
const soon = { headers: { 'retry-after': '1' } }

/** What goes wrong on GitHub, as far as the hub knows it. */
const KINDS: readonly [Draw, ...Draw[]] = [
  (random) => [{ kind: 'status', ...PUSH, status: chosen(random, [500, 502, 503]), count: 1 + random(2) }],
  (random) => [{ kind: 'status-after', ...PUSH, status: 500, count: 1 + random(2) }],
  (random) => [
    { kind: 'status', route: '/api/graphql', status: chosen(random, [403, 429]), ...soon, count: 1 + random(2) },
  ],
  (random) => [{ kind: 'status-after', route: '/api/graphql', status: 502, count: 1 + random(2) }],
  (random) => [{ kind: 'status', route: '/comments', status: chosen(random, [500, 403]), count: 2 + random(2) }],
  (random) => [{ kind: 'status', route: '/collaborators/', status: chosen(random, [429, 502]), ...soon, count: 1 }],
  () => [{ kind: 'status-after', route: '/dispatches$', status: 500, count: 1 }],
  (random) => [
    { kind: 'status', route: 'GetSignedArtifactURL$|/artifacts/\\d+/zip', status: 503, count: 1 + random(2) },
  ],
  () => [{ kind: 'double-event', event: 'issue_comment', count: 1 }],
  () => [{ kind: 'drop-event', event: 'issue_comment', count: 1 }],
  (random) => [{ kind: 'kill-job', name: '^slot ', ms: random(1500), count: 1 }],
  (random) => [
    {
      kind: 'kill-sender',
      name: chosen(random, ['^orchestrate$', '^orchestrate$', '^command$']),
      route: chosen(random, ['git-receive-pack$', '/api/graphql', 'git-upload-pack$', '/actions/runs/\\d+/jobs']),
      when: chosen(random, ['before', 'after']),
      skip: random(4),
    },
  ],
  (random) => [
    { kind: 'delay-job', name: chosen(random, ['^slot ', '^orchestrate$']), ms: 500 + random(2000), count: 1 },
  ],
]

export const drawFaults = (random: Random): object[] =>
  Array.from({ length: 2 + random(4) }, () => chosen(random, KINDS)(random)).flat()

/** What a person sees once nothing moves any more, and types then; `null`: the run is done. */
interface Look {
  type: string | null
  /** What the run leaves unsaid; empty if all that a person has to know is on the thread. */
  silent: string[]
}

const isQuiet = (state: RunState | null): state is LiveRun => state !== null && state.phase !== 'empty'

/** The newest run of an issue: `/plan` after a refused plan begins another one. */
export function newestRun(world: World, issue: number): string {
  const refs = world.git('for-each-ref', '--format=%(refname)', 'refs/tributary/').split('\n')
  const numbers = refs.flatMap((ref) => {
    const [, run, number = '1'] = /^refs\/tributary\/([0-9]+)(?:-([0-9]+))?\/log$/.exec(ref) ?? []
    return run === `${issue}` ? [Number(number)] : []
  })
  const newest = Math.max(1, ...numbers)
  return newest === 1 ? `${issue}` : `${issue}-${newest}`
}

/** What a person does next who reads the threads, and what they miss there. */
export async function look(world: World, issue: number): Promise<Look> {
  const state = await world.state(newestRun(world, issue))
  // A refused plan, or a command that was lost: the answer to the comment says which.
  if (!isQuiet(state)) return { type: '/plan', silent: [] }
  if (state.phase === 'ended' && state.conclusion === 'refused')
    return { type: '/plan', silent: await unsaid(world, state) }
  if (state.phase === 'ended' && state.conclusion === 'success')
    return { type: null, silent: await unsaid(world, state) }
  if (state.phase === 'proposed') return { type: `/approve ${state.work.planId.slice(0, 12)}`, silent: [] }
  const silent = await unsaid(world, state)
  if (state.phase !== 'active') return { type: '/status', silent }
  if (state.paused !== null) return { type: '/resume', silent }
  const failed = Object.entries(state.work.tasks).find(([, { state: task }]) => task.status === 'failed')
  if (failed !== undefined) return { type: `/retry ${failed[0]}`, silent }
  if (state.work.verification?.status === 'failed') return { type: '/retry verification', silent }
  return { type: '/status', silent: [...silent, `run ${state.run} stands still, and nothing says so`] }
}

/** The status comment is there, and says what the journal says. */
async function unsaid(world: World, state: LiveRun): Promise<string[]> {
  const comments = (
    await Promise.all([...new Set([state.issue.number, threadOf(state)])].map((thread) => world.comments(thread)))
  ).flat()
  const status = comments.find(({ body }) => body?.startsWith(`<!-- tributary:status:${state.run} -->`))
  if (status === undefined) return [`run ${state.run} has no status comment`]
  const headings = (text: string) => text.split('\n').filter((line) => line.startsWith('## '))
  const [said, due] = [headings(status.body ?? ''), headings(renderStatus(state))]
  return `${said}` === `${due}` ? [] : [`the status comment says ${said}, and the journal ${due}`]
}

const STOPS: readonly RunEvent['type'][] = ['run_paused', 'task_failed', 'run_finished']

/** Seconds between the last event that a person has to know of and the edit of the status comment; null if there is none. */
export async function waitedForWord(world: World, run: string): Promise<number | null> {
  const [events, state] = [await world.events(run), await world.state(run)]
  const last = events.findLast(({ type }) => STOPS.includes(type))
  if (last === undefined || !isQuiet(state)) return null
  const comments = await world.comments(threadOf(state))
  const status = comments.find(({ body }) => body?.startsWith(`<!-- tributary:status:${run} -->`))
  // A comment's time has whole seconds.
  return status === undefined ? null : Math.max(0, (Date.parse(status.updated_at) - Date.parse(last.at)) / 1000)
}
