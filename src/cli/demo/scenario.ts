import { type ApiComment, isBot } from '../hub-client/comments.ts'
import type { ApiPerson } from '../hub-client/person.ts'
import { DemoFailure } from './failure.ts'
import type { DemoPull, GitHubState } from './github-state.ts'
import { headingOf, latestChecks, type ProgressWatch } from './progress.ts'
import type { Issue } from './sample-repository.ts'

export type DemoPeople = Readonly<Record<'admin' | 'writer' | 'outsider', ApiPerson>>

export interface ScenarioResult {
  issue: number
  pull: number
  /** Trunk's merge into the default branch. */
  merge: string
  state: GitHubState
}

/** The one gate of the plan in examples/demo/issue.md. */
const GATE = 'look'

/** What people do in the demo, from the issue to the merge. It knows Tributary only through its comments and checks. */
export async function playScenario(people: DemoPeople, issue: Issue, watch: ProgressWatch): Promise<ScenarioResult> {
  const number = await people.writer.openIssue(issue.title, issue.body)
  watch.say('writer', `opens issue #${number}: ${issue.title}`)
  await type(watch, people.writer, number, '/plan')
  const { pull, approval } = await watch.until('the plan on a pull request', planned)
  await tryAsOutsider(watch, people, pull, approval)
  await type(watch, people.admin, pull, approval)
  await watch.until('the gate of the plan', ({ comments }) => saying(comments, `\`/approve ${GATE}\` opens the gate`))
  await type(watch, people.admin, pull, `/approve ${GATE}`)
  const done = await watch.until('the final pull request to be ready', readyAt(pull))
  allWell(done)
  const merge = await people.admin.merge(pull)
  watch.say('admin', `merges #${pull}`)
  const state = await watch.until('the run to be closed', closed(pull))
  return { issue: number, pull, merge, state }
}

async function type(watch: ProgressWatch, person: ApiPerson, thread: number, words: string): Promise<number> {
  watch.say(person.login, `on #${thread}: ${words}`)
  return person.comment(thread, words)
}

/** Posts a comment and waits for the answer: our next comment on the thread. */
async function ask(
  watch: ProgressWatch,
  person: ApiPerson,
  thread: number,
  words: string,
  fits: (body: string) => boolean,
): Promise<void> {
  const id = await type(watch, person, thread, words)
  await watch.until(`an answer to ${person.login}'s ${words}`, ({ comments }) =>
    comments.find((one) => one.id > id && one.thread === thread && isBot(one.author) && fits(one.body)),
  )
}

const tryAsOutsider = (watch: ProgressWatch, { outsider }: DemoPeople, pull: number, approval: string): Promise<void> =>
  ask(watch, outsider, pull, approval, (body) => body.includes('`not-permitted`'))

function planned({ comments, pulls }: GitHubState): { pull: number; approval: string } | null {
  for (const comment of comments.filter(({ author }) => isBot(author))) {
    const approval = /^\/approve [0-9a-f]+$/m.exec(comment.body)?.[0]
    if (approval !== undefined && pulls.some(({ number }) => number === comment.thread))
      return { pull: comment.thread, approval }
  }
  return null
}

const saying = (comments: readonly ApiComment[], words: string): ApiComment | undefined =>
  comments.find(({ author, body }) => isBot(author) && body.includes(words))

const STUCK = ['## Stopped', '## Verification failed', '## Cancelled']

/** Throws if the run has stopped and waits for a person, which the demo does not play. */
export function checkNotStopped({ comments }: GitHubState): void {
  const stuck = STUCK.map((words) => saying(comments, words)).find((comment) => comment !== undefined)
  if (stuck !== undefined) throw new DemoFailure(`the run stopped: ${headingOf(stuck.body)}`)
}

const readyAt =
  (pull: number) =>
  (state: GitHubState): GitHubState | null =>
    state.pulls.some((one) => one.number === pull && !one.draft) ? state : null

function allWell({ checks }: GitHubState): void {
  const bad = latestChecks(checks).filter(({ conclusion }) => conclusion !== 'success')
  if (bad.length > 0)
    throw new DemoFailure(
      `these did not succeed: ${bad.map(({ name, conclusion, status }) => `${name} (${conclusion ?? status})`).join(', ')}`,
    )
}

/** The pull request is merged, and the status comment says so. */
const closed =
  (pull: number) =>
  (state: GitHubState): GitHubState | null => {
    const merged = (one: DemoPull) => one.number === pull && one.merged
    return state.pulls.some(merged) && saying(state.comments, '## Merged') !== undefined ? state : null
  }
