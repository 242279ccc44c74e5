import { LIMITS } from '../../render/markdown/fit.ts'
import { at, type Place } from './client.ts'
import { commentsOn, ownComment, withMarker } from './comments.ts'
import { UnknownOutcome } from './http-error.ts'

const TRIES = 3

interface Answer {
  thread: number
  key: string
  body: string
  /** Surely the first try, so nobody looks. */
  fresh: boolean
}

/** Answers once per key: what an earlier try may have written is looked for before anything is written again. */
export async function reply(place: Place, self: () => Promise<string>, answer: Answer): Promise<void> {
  const { thread, key, body, fresh } = answer
  const marker = replyMarker(key)
  const text = withMarker(marker, body)
  if (text.length > LIMITS.comment) throw new Error(`a reply of ${text.length} characters is too long`)
  const isThere = async () => ownComment(await commentsOn(place, thread), await self(), marker) !== null
  for (let tries = 1; ; tries += 1) {
    if ((!fresh || tries > 1) && (await isThere())) return
    try {
      await write(place, thread, text)
      return
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error
      await place.client.clock.wait(tries)
    }
  }
}

/** A key is a comment's id or the like; it must not be able to end the HTML comment that it stands in. */
function replyMarker(key: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/.test(key) || key.includes('--'))
    throw new Error(`not a key for a reply: ${key}`)
  return `<!-- tributary:reply:${key} -->`
}

async function write(place: Place, thread: number, body: string): Promise<void> {
  const parameters = { ...at(place), issue_number: thread, body }
  await place.client.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters)
}
