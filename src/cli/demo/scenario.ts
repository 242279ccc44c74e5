import { DemoFailure } from './failure.ts'
import { isBot, type Seen, type SeenComment, type SeenPull } from './github-state.ts'
import type { DemoPerson } from './person.ts'
import { headingOf, latestChecks, type Watch } from './progress.ts'
import type { Issue } from './sample-repository.ts'

export type Cast = Readonly<Record<'admin' | 'writer' | 'outsider', DemoPerson>>

export interface Ending {
  issue: number
  pull: number
  /** Trunk's merge into the default branch. */
  merge: string
  seen: Seen
}

/** The one gate of the plan in examples/demo/issue.md. */
const GATE = 'look'

/** What people do in the demo, from the issue to the merge. Nothing here knows Tributary but by its words. */
export async function play(cast: Cast, issue: Issue, watch: Watch): Promise<Ending> {
  const number = await cast.writer.openIssue(issue.title, issue.body)
  watch.say('writer', `opens issue #${number}: ${issue.title}`)
  await type(watch, cast.writer, number, '/plan')
  const { pull, approval } = await watch.until('the plan on a pull request', planned)
  await tryAsOutsider(watch, cast, pull, approval)
  await type(watch, cast.admin, pull, approval)
  await watch.until('the gate of the plan', ({ comments }) => saying(comments, `\`/approve ${GATE}\` opens the gate`))
  await type(watch, cast.admin, pull, `/approve ${GATE}`)
  const done = await watch.until('the final pull request to be ready', readyAt(pull))
  allWell(done)
  const merge = await cast.admin.merge(pull)
  watch.say('admin', `merges #${pull}`)
  const seen = await watch.until('the run to be closed', closed(pull))
  return { issue: number, pull, merge, seen }
}

async function type(watch: Watch, person: DemoPerson, thread: number, words: string): Promise<number> {
  watch.say(person.login, `on #${thread}: ${words}`)
  return person.comment(thread, words)
}

/** Types something and waits for the answer to it: the next comment of ours on the thread. */
async function ask(
  watch: Watch,
  person: DemoPerson,
  thread: number,
  words: string,
  fits: (body: string) => boolean,
): Promise<void> {
  const id = await type(watch, person, thread, words)
  await watch.until(`an answer to ${person.login}'s ${words}`, ({ comments }) =>
    comments.find((one) => one.id > id && one.thread === thread && isBot(one.author) && fits(one.body)),
  )
}

const tryAsOutsider = (watch: Watch, { outsider }: Cast, pull: number, approval: string): Promise<void> =>
  ask(watch, outsider, pull, approval, (body) => body.includes('`not-permitted`'))

function planned({ comments, pulls }: Seen): { pull: number; approval: string } | null {
  for (const comment of comments.filter(({ author }) => isBot(author))) {
    const approval = /^\/approve [0-9a-f]+$/m.exec(comment.body)?.[0]
    if (approval !== undefined && pulls.some(({ number }) => number === comment.thread))
      return { pull: comment.thread, approval }
  }
  return null
}

const saying = (comments: readonly SeenComment[], words: string): SeenComment | undefined =>
  comments.find(({ author, body }) => isBot(author) && body.includes(words))

const STUCK = ['## Stopped', '## Verification failed', '## Cancelled']

/** What a run comes to when it needs a person whom the demo does not play. */
export function mustGoOn({ comments }: Seen): void {
  const stuck = STUCK.map((words) => saying(comments, words)).find((comment) => comment !== undefined)
  if (stuck !== undefined) throw new DemoFailure(`the run came to a stop: ${headingOf(stuck.body)}`)
}

const readyAt =
  (pull: number) =>
  (seen: Seen): Seen | null =>
    seen.pulls.some((one) => one.number === pull && !one.draft) ? seen : null

function allWell({ checks }: Seen): void {
  const bad = latestChecks(checks).filter(({ conclusion }) => conclusion !== 'success')
  if (bad.length > 0)
    throw new DemoFailure(
      `not a success: ${bad.map(({ name, conclusion, status }) => `${name} (${conclusion ?? status})`).join(', ')}`,
    )
}

/** Merged, its own branches gone, and the status comment in its last state. */
const closed =
  (pull: number) =>
  (seen: Seen): Seen | null => {
    const merged = (one: SeenPull) => one.number === pull && one.merged
    return seen.pulls.some(merged) && saying(seen.comments, '## Merged') !== undefined ? seen : null
  }
