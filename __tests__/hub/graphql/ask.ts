import type { TestHub } from '../support/hub.ts'

/** What came back, as far as tests look into it. */
export interface Answer {
  status: number
  data?: Record<string, never> | null
  errors?: { type?: string; path?: (string | number)[]; message: string }[]
}

export async function ask(hub: TestHub, token: string, query: string, variables: object = {}): Promise<Answer> {
  const headers = { ...(token === '' ? {} : { authorization: `bearer ${token}` }), 'content-type': 'application/json' }
  const answer = await fetch(hub.graphql, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return { ...((await answer.json()) as object), status: answer.status }
}
