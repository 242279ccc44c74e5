import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { RunEvent } from '../../core/event.ts'
import { replay } from '../../core/evolve.ts'
import type { Hub } from '../../hub/hub.ts'
import { renderTimeline } from '../../render/timeline.ts'
import { count } from '../../render/words.ts'
import { readJournal } from '../journal.ts'
import { isBot } from './cast.ts'
import { DemoFailure } from './failure.ts'
import { headOf } from './news.ts'
import { type Ending, latestChecks } from './play.ts'
import type { Check, Seen } from './seen.ts'

const countsSchema = z.looseObject({ requests: z.number(), git_pushes: z.number() })
type Counts = z.infer<typeof countsSchema>
const metricsSchema = z.looseObject({
  by_task: z.record(z.string(), countsSchema),
  by_token: z.array(countsSchema.extend({ job: z.number().optional() })),
})

/** What a visitor would look up when it is over. */
export async function tellEnd(hub: Hub, folder: string, ending: Ending, seconds: number): Promise<string[]> {
  const repository = join(folder, 'hub', 'repository.git')
  const run = String(ending.issue)
  const events = await readJournal(pathToFileURL(repository).href, '', run)
  const metrics = metricsSchema.parse(await (await fetch(`${hub.url}/_hub/metrics`)).json())
  return [
    ...section('The thread', thread(ending.seen)),
    ...section('The checks', checks(ending.seen.checks)),
    ...section('The timeline', timeline(events)),
    ...section('What it took', [
      ...figures(metrics, events),
      `${seconds.toFixed(1)} s from the issue to the merge, sandbox: ${sandboxOf(events)}`,
    ]),
    ...section('Where to look', [
      `git -C ${repository} log --oneline --graph main`,
      `git -C ${repository} log refs/tributary/${run}/log`,
      `node dist/cli.js log ${run} --repo ${repository}`,
      `everything, logs of jobs too: ${folder}`,
    ]),
  ]
}

const section = (title: string, lines: readonly string[]): string[] => [
  '',
  `${title}`,
  '-'.repeat(title.length),
  ...lines,
]

const thread = ({ comments }: Seen): string[] =>
  comments.map(
    ({ thread: number, author, body }) => `#${number} ${isBot(author) ? 'tributary' : author}: ${headOf(body)}`,
  )

const checks = (all: readonly Check[]): string[] =>
  latestChecks(all).map(({ name, conclusion, status, head_sha, output }) =>
    [
      (conclusion ?? status).padEnd(9),
      head_sha.slice(0, 8),
      name,
      output.title === null ? '' : `(${output.title})`,
    ].join(' '),
  )

function timeline(events: readonly RunEvent[]): string[] {
  const state = replay(events)
  if (state.phase === 'empty') throw new DemoFailure('the journal is empty')
  return renderTimeline(events, state).split('\n')
}

/** Those of the jobs alone: people who look at pages cost a run nothing, nor do requests that were answered with 304, which are not among these. */
function figures(metrics: z.infer<typeof metricsSchema>, events: readonly RunEvent[]): string[] {
  const tasks = new Set(events.flatMap((event) => (event.type === 'task_landed' ? [event.task] : []))).size
  const jobs = metrics.by_token.filter(({ job }) => job !== undefined)
  const total = (of: (counts: Counts) => number) => jobs.reduce((sum, counts) => sum + of(counts), 0)
  const [requests, pushes] = [total((counts) => counts.requests), total((counts) => counts.git_pushes)]
  const told = (what: string, number: number) => `${number} ${what} (${(number / tasks).toFixed(1)} a task)`
  const own = Object.entries(metrics.by_task).filter(([task]) => task !== 'shared')
  return [
    ...own.map(
      ([task, counts]) =>
        `${task.padEnd(12)} ${count(counts.requests, 'request')} and ${count(counts.git_pushes, 'push', 'pushes')} for it alone`,
    ),
    `all jobs     ${told('requests', requests)}, ${told('pushes', pushes)}`,
  ]
}

function sandboxOf(events: readonly RunEvent[]): string {
  const used = new Set(events.flatMap((event) => (event.type === 'task_verified' ? [event.report.sandbox] : [])))
  return [...used].join(', ')
}
