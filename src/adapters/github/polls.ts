import { z } from 'zod'
import type { Client } from './client.ts'
import { statusOf } from './http-error.ts'

const PAGE = 100
/** GitHub gives no more pages than this, whatever the list. */
const LAST_PAGE = 100

/** Reads a list again and again: a page that did not change costs nothing and comes from memory. */
export type Poll<Item> = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Item[]>

export function openPoll<Item>({ octokit }: Client, key: string, item: z.ZodType<Item>): Poll<Item> {
  const known = new Map<string, { etag: string; page: Item[] }>()
  const body = z.object({ [key]: z.array(item) })

  async function readPage(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Item[]> {
    const { url } = octokit.request.endpoint(route, parameters)
    const before = known.get(url)
    try {
      const headers = before === undefined ? {} : { 'if-none-match': before.etag }
      const answer = await octokit.request(route, { ...parameters, headers })
      const page = body.parse(answer.data)[key] ?? []
      if (answer.headers.etag !== undefined) known.set(url, { etag: answer.headers.etag, page })
      return page
    } catch (error) {
      if (statusOf(error) === 304 && before !== undefined) return before.page
      throw error
    }
  }

  return async (route, parameters) => {
    const items: Item[] = []
    for (let page = 1; page <= LAST_PAGE; page += 1) {
      const found = await readPage(route, { ...parameters, per_page: PAGE, page })
      items.push(...found)
      if (found.length < PAGE) break
    }
    return items
  }
}
