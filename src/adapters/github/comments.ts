import { z } from 'zod'
import type { ThreadComment } from '../../ports/forge.ts'
import { at, type Place } from './place.ts'

const commentSchema = z.object({
  body: z.string().nullish(),
  created_at: z.string(),
  author_association: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string() }).nullish(),
})

const BELONG = ['OWNER', 'MEMBER', 'COLLABORATOR']

/** What everybody has written on a thread, over all pages; whoever is gone from GitHub is called `ghost`, as there. */
export async function allComments(place: Place, thread: number): Promise<ThreadComment[]> {
  const found = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...at(place),
    issue_number: thread,
    per_page: 100,
  })
  return z
    .array(commentSchema)
    .parse(found)
    .map(({ body, created_at: createdAt, user, author_association: association }) => ({
      author: user?.login ?? 'ghost',
      type: user?.type ?? 'User',
      body: body ?? '',
      createdAt,
      belongs: BELONG.includes(association ?? ''),
    }))
}
