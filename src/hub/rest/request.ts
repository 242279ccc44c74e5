import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { notFound, Refusal } from '../refusal.ts'

/** Values that the middleware sets for a route, and a route for the middleware. */
export interface HubEnv {
  Bindings: HttpBindings
  Variables: {
    actor: Actor
    /** The task that the request concerns, for the metrics. */
    task: string | null
  }
}
export type RestCall = Context<HubEnv>

export const numberIn = (call: RestCall, name: string): number => {
  const text = call.req.param(name) ?? ''
  if (!/^\d+$/.test(text)) throw notFound()
  return Number(text)
}

/** The part of the URL that a route's `*` matches, decoded: a ref or a path with slashes in it. */
export function restOf(call: RestCall, marker: string): string {
  const path = call.req.path
  return decodeURIComponent(path.slice(path.indexOf(marker) + marker.length))
}

export async function bodyOf<T extends z.ZodType>(call: RestCall, schema: T): Promise<z.infer<T>> {
  const text = await call.req.text()
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}

const PER_PAGE = 30
const MOST_PER_PAGE = 100

/** One page of a list, with GitHub's Link header set. */
export function pageOf<T>(call: RestCall, all: readonly T[]): T[] {
  const size = Math.min(positive(call.req.query('per_page'), PER_PAGE), MOST_PER_PAGE)
  const page = positive(call.req.query('page'), 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const links = [
    ...(page > 1 ? [link(call, page - 1, 'prev')] : []),
    ...(page < last ? [link(call, page + 1, 'next'), link(call, last, 'last')] : []),
    ...(page > 1 ? [link(call, 1, 'first')] : []),
  ]
  if (links.length > 0) call.header('Link', links.join(', '))
  return all.slice((page - 1) * size, page * size)
}

const positive = (text: string | undefined, otherwise: number): number => {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : otherwise
}

function link(call: RestCall, page: number, rel: string): string {
  const url = new URL(call.req.url)
  url.searchParams.set('page', String(page))
  return `<${url.href}>; rel="${rel}"`
}
