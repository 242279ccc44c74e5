import type { RunId, Sha, TaskId } from '../../core/ids.ts'
import type { World } from '../world.ts'
import type { Journals } from './journals.ts'
import type { ChangesSince } from './last-looks.ts'
import type { Links } from './markdown/links.ts'
import type { ReadTranscript } from './transcripts.ts'

/** What a page is made from. */
export interface PageContext {
  world: World
  journals: Journals
  readTranscript: ReadTranscript
  changesSince: ChangesSince
  /** The token for the forms of this session. */
  csrf: string
  /** Whether the hub knows a repository of the person that takes results. */
  takesResults: boolean
  hasResult: HasResult
  pushOf: PushOf
}

/** Fetches the result of a run into the person's repository, as a branch. */
export type TakeResult = (run: RunId) => Promise<{ branch: string; commit: string }>

/** Whether the person's repository holds a commit, so that a result was taken. */
export type HasResult = (commit: Sha) => Promise<boolean>

/** What would push the result of a run to a remote of the person's repository; null if that has none. */
export type PushOf = (run: RunId, commit: Sha) => Promise<Push | null>

export interface Push {
  remote: string
  branch: string
  /** As the person could type it in their repository. */
  command: string
  run(): Promise<PushOutcome>
}

/** `words`: git's own. `next`: what to do about them, and `command` for that. */
export type PushOutcome = { ok: true } | { ok: false; words: string; next: string; command: string }

export const runPath = (run: string): string => `/runs/${run}`
export const taskPath = (run: string, task: TaskId): string => `/runs/${run}/tasks/${task}`

/** `/OWNER/REPO`, under which the addresses of GitHub's pages lie. */
export const repoPath = ({ store: { doc } }: World): string => `/${doc.owner}/${doc.repo}`

export const threadPath = (world: World, number: number): string => {
  const issue = world.store.doc.issues.find((known) => known.number === number)
  return `${repoPath(world)}/${issue?.pull == null ? 'issues' : 'pull'}/${number}`
}

/** How links in the comments of a thread lead to these pages. */
export const linksIn = (world: World, thread: number): Links => ({
  server: world.urls.server,
  page: `${world.urls.server}${threadPath(world, thread)}`,
  issues: `${repoPath(world)}/issues`,
})
