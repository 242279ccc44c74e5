import { z } from 'zod'
import { EnvironmentError } from '../subcommand.ts'

export interface ApiRepository {
  api: string
  owner: string
  repo: string
}

/** A person with a token, who acts through the same REST calls that octokit makes. */
export interface ApiPerson {
  login: string
  openIssue(title: string, body: string): Promise<number>
  comment(thread: number, body: string): Promise<number>
  merge(pull: number): Promise<string>
  /** All pages of a list; `key`: the field that holds the list, if GitHub wraps it. */
  list<Item extends z.ZodType>(item: Item, path: string, key?: string): Promise<z.infer<Item>[]>
}

const PAGE = 100
const numbered = z.object({ number: z.number() })
const identified = z.object({ id: z.number() })
const merged = z.object({ sha: z.string(), merged: z.literal(true) })
const wrapped = z.record(z.string(), z.unknown())

/** `signal`: aborts the current request and refuses later ones. */
export function personAt(place: ApiRepository, login: string, token: string, signal: AbortSignal): ApiPerson {
  const ask = async <Answer extends z.ZodType>(answer: Answer, method: string, path: string, body?: unknown) => {
    const response = await fetch(`${place.api}/repos/${place.owner}/${place.repo}${path}`, {
      method,
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok)
      throw new EnvironmentError(`${login}: ${method} ${path} was answered with ${response.status}: ${text}`)
    return answer.parse(JSON.parse(text))
  }
  return {
    login,
    openIssue: async (title, body) => (await ask(numbered, 'POST', '/issues', { title, body })).number,
    comment: async (thread, body) => (await ask(identified, 'POST', `/issues/${thread}/comments`, { body })).id,
    merge: async (pull) => (await ask(merged, 'PUT', `/pulls/${pull}/merge`, {})).sha,
    list: async (item, path, key) => {
      const items: z.infer<typeof item>[] = []
      for (let page = 1; items.length === (page - 1) * PAGE; page++) {
        const address = `${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`
        const answer = await ask(z.unknown(), 'GET', address)
        items.push(...z.array(item).parse(key === undefined ? answer : wrapped.parse(answer)[key]))
      }
      return items
    },
  }
}
