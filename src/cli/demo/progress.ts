import type { Clock } from '../../ports/clock.ts'
import { type Display, printTimed } from '../display.ts'
import { type ApiComment, isBot } from '../hub-client/comments.ts'
import { DemoFailure } from './failure.ts'
import type { DemoCheck, DemoPull, GitHubState, ReadState } from './github-state.ts'

interface ProgressLine {
  who: string
  what: string
  tone: 'plain' | 'good' | 'bad'
}

/**
 * The changes on GitHub's pages that a first-time reader should see, each once. Comments of people are printed when they
 * are posted; the overall progress is in the status line.
 */
export function changesBetween(before: GitHubState, after: GitHubState): ProgressLine[] {
  return [
    ...after.comments.filter((comment) => isNew(before.comments, comment)).flatMap(aboutComment),
    ...latestChecks(after.checks).flatMap((check) =>
      aboutCheck(latestChecks(before.checks).find(byName(check)), check),
    ),
    ...after.pulls.flatMap((pull) => aboutPull(before.pulls.find(byNumber(pull)), pull)),
  ]
}

/** The newest check of each name: a task has one for each attempt that came to something. */
export function latestChecks(checks: readonly DemoCheck[]): DemoCheck[] {
  const latest = new Map<string, DemoCheck>()
  for (const check of checks.toSorted((a, b) => a.id - b.id)) latest.set(check.name, check)
  return [...latest.values()]
}

const isNew = (known: readonly ApiComment[], comment: ApiComment): boolean => byId(known, comment) === undefined
const byNumber = (pull: DemoPull) => (other: DemoPull) => other.number === pull.number

const byName = (check: DemoCheck) => (other: DemoCheck) => other.name === check.name

const byId = <Item extends { id: number }>(items: readonly Item[], { id }: Item): Item | undefined =>
  items.find((item) => item.id === id)

/** The first visible line, without marker and Markdown. */
export const headingOf = (body: string): string =>
  (body.split('\n').find((line) => line.trim() !== '' && !line.startsWith('<!--')) ?? '')
    .replace(/^#+ /, '')
    .replaceAll('`', '')

/** The beginning of a status comment, which changes all the time, or of one that calls people to it. */
const STATUS = /^(?:\*\*)?(?:Running|Waiting|Verifying|Planning|Done|Merged|Stopped)\b/

function aboutComment({ author, body, thread }: ApiComment): ProgressLine[] {
  const head = headingOf(body).replace(/^(?:@[\w-]+ )+/, '')
  if (!isBot(author) || STATUS.test(head)) return []
  const refused = body.includes('`not-permitted`')
  const text = refused ? `No: ${head}` : head
  const [first = text] = /^.*?\.(?= [A-Z])/.exec(text) ?? [text]
  return [{ who: 'tributary', what: `on #${thread}: ${first}`, tone: refused ? 'bad' : 'plain' }]
}

function aboutPull(before: DemoPull | undefined, pull: DemoPull): ProgressLine[] {
  const standing = pullStatus(pull)
  if (standing === null || (before !== undefined && pullStatus(before) === standing)) return []
  return [{ who: 'tributary', what: `#${pull.number} ${standing}`, tone: pull.merged ? 'good' : 'plain' }]
}

/** The status of the final pull request; null for those of tasks, whose checks are shown instead. */
function pullStatus({ merged, state, draft, base, head }: DemoPull): string | null {
  if (!head.endsWith('/trunk')) return null
  if (merged) return `is merged into ${base}`
  if (state !== 'open') return `is ${state}`
  return draft ? null : `is ready: all of it, verified as one`
}

/** `tributary / cart — Prices of the cart are money` */
const TASK = /^tributary \/ (\S+) — (.+)$/

const WORST: readonly (string | null)[] = ['failure', 'timed_out', 'cancelled']

function aboutCheck(before: DemoCheck | undefined, check: DemoCheck): ProgressLine[] {
  const { conclusion, name, output } = check
  const [, task, title] = TASK.exec(name) ?? []
  if (conclusion === null || before?.conclusion === conclusion || task === undefined) return []
  if (conclusion === 'success')
    return [{ who: (output.title ?? 'done').toLowerCase(), what: `${task}: ${title}`, tone: 'good' }]
  if (conclusion === 'action_required')
    return [{ who: 'waits', what: `for a person: ${task}: ${title}`, tone: 'plain' }]
  if (WORST.includes(conclusion)) return [{ who: conclusion, what: `${task}: ${title}`, tone: 'bad' }]
  return [{ who: 'retried', what: `${task}: ${output.title ?? conclusion}`, tone: 'plain' }]
}

/** The branch of a task, whose pull request is a draft while it is at work. */
const TASK_BRANCH = /^tributary\/[^/]+\/(?!trunk$)(\S+)$/

/** The overall progress: `5 of 12 tasks landed; at work: cart, tax`. Null before there is anything to do. */
export function progressOf({ comments, pulls }: GitHubState): string | null {
  const [landed] = comments.flatMap(({ body }) => /\d+ of \d+ tasks landed/.exec(body) ?? []).slice(-1)
  const names = pulls.flatMap(({ head, draft, state, merged }) =>
    draft && state === 'open' && !merged ? (TASK_BRANCH.exec(head)?.[1] ?? []) : [],
  )
  if (landed === undefined && names.length === 0) return null
  return [landed ?? 'begun', ...(names.length > 0 ? [`at work: ${names.join(', ')}`] : [])].join('; ')
}

const NOTHING: GitHubState = { comments: [], pulls: [], checks: [], traces: '' }
const PAUSE = 0.7

export interface ProgressWatch {
  /** Prints an action or a change, with the seconds since the start. */
  say(who: string, what: string): void
  /** Polls the state and prints changes until `answer` returns a value. */
  until<Answer>(what: string, answer: (state: GitHubState) => Answer | null | undefined): Promise<Answer>
  seconds(): number
}

interface Limits {
  /** Seconds without a change after which waiting fails. */
  standstillSeconds: number
  clock: Clock
  signal: AbortSignal
  /** Throws if there is no point in waiting longer. */
  checkNotStopped(state: GitHubState): void
}

/** Nothing has changed for longer than in a healthy run. */
class Standstill extends DemoFailure {
  override name = 'Standstill'
}

export function watchProgress(readState: ReadState, display: Display, limits: Limits): ProgressWatch {
  const { clock, signal, standstillSeconds } = limits
  const began = clock.now().getTime()
  const seconds = () => (clock.now().getTime() - began) / 1000
  let last = NOTHING
  let moved = 0
  const print = ({ who, what, tone }: ProgressLine, name: (text: string) => string) =>
    printTimed(display, who, what, tone === 'plain' ? name : display.colour[TONES[tone]])
  const say = (who: string, what: string) => {
    moved = seconds()
    print({ who, what, tone: 'plain' }, display.colour.bold)
  }
  const take = (state: GitHubState) => {
    if (JSON.stringify(state) !== JSON.stringify(last)) moved = seconds()
    for (const change of changesBetween(last, state)) print(change, display.colour.cyan)
    last = state
  }
  return {
    say,
    seconds,
    until: async (what, answer) => {
      for (;;) {
        display.status(progressOf(last) ?? `waiting for ${what}`)
        take(await readState())
        const found = answer(last)
        if (found !== null && found !== undefined) return found
        limits.checkNotStopped(last)
        if (seconds() - moved > standstillSeconds)
          throw new Standstill(`nothing changed for ${Math.round(standstillSeconds)} s while it waited for ${what}`)
        await clock.wait(PAUSE, signal)
        signal.throwIfAborted()
      }
    },
  }
}

const TONES = { good: 'green', bad: 'red' } as const
