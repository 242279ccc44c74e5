import { z } from 'zod'
import type { Located } from '../../ports/forge.ts'
import { at, type Place } from './place.ts'
import { authorSchema, isSelf } from './self.ts'

const commentSchema = z.object({ id: z.int(), node_id: z.string(), body: z.string().nullish(), user: authorSchema })
export type Comment = z.infer<typeof commentSchema>

/** Every comment of an issue or pull request, oldest first. */
export async function commentsOn(place: Place, thread: number): Promise<Comment[]> {
  const found = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...at(place),
    issue_number: thread,
    per_page: 100,
  })
  return z.array(commentSchema).parse(found)
}

/** Our own comment with this first line. Anyone can type the line, so the author counts too. */
export function ownComment(comments: readonly Comment[], self: string, marker: string): Located | null {
  const found = comments.find(({ body, user }) => firstLine(body ?? '') === marker && isSelf(self, user))
  return found === undefined ? null : { number: found.id, node: found.node_id }
}

const firstLine = (body: string): string => body.split(/\r?\n/, 1)[0]?.trimEnd() ?? ''

export const withMarker = (marker: string, body: string): string =>
  firstLine(body) === marker ? body : `${marker}\n${body}`

/** What a comment says now. */
export async function textOf(place: Place, comment: number): Promise<string> {
  const parameters = { ...at(place), comment_id: comment }
  const { data } = await place.client.octokit.request(
    'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
    parameters,
  )
  return data.body ?? ''
}
