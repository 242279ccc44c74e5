import { z } from 'zod'
import type { Client } from './client.ts'

/** Who a comment's author is, as REST says it. */
export const authorSchema = z.object({ login: z.string(), type: z.string() }).nullable()
export type Author = z.infer<typeof authorSchema>

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) })

/** The login that our token writes under; asked once, and only when somebody must know. */
export function openSelf(client: Client, known?: string): () => Promise<string> {
  let asked: Promise<string> | undefined = known === undefined ? undefined : Promise.resolve(known)
  return () => {
    asked ??= ask(client).catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return asked
  }
}

async function ask(client: Client): Promise<string> {
  const { data, errors } = await client.graph('query', 'query { viewer { login } }', {})
  const parsed = viewerSchema.safeParse(data)
  if (!parsed.success) throw new Error(`GitHub does not tell whose token this is: ${errors[0]?.message ?? 'no answer'}`)
  return parsed.data.viewer.login
}

/** GraphQL leaves the `[bot]` off an App's login at times, REST never does. A person cannot have the suffix. */
export const isSelf = (self: string, author: Author): boolean =>
  author !== null && (author.login === self || (author.type === 'Bot' && author.login === `${self}[bot]`))
