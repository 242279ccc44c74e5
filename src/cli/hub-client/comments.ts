import { z } from 'zod'

/** A comment on an issue or a pull request, with the number of its thread. */
export const commentSchema = z
  .object({ id: z.number(), body: z.string(), issue_url: z.string(), user: z.object({ login: z.string() }) })
  .transform(({ id, body, issue_url, user }) => ({
    id,
    body,
    author: user.login,
    thread: Number(issue_url.split('/').at(-1)),
  }))
export type ApiComment = z.infer<typeof commentSchema>

/** The login of every workflow job, on GitHub and on the hub. */
const BOT = 'github-actions[bot]'

export const isBot = (login: string): boolean => login === BOT
