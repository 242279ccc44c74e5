import { Refusal } from '../refusal.ts'

export interface Window {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

const MOST = 100

/** A page of a list by cursors. A cursor is an index of the list. */
export function connection<T>(all: readonly T[], window: Window) {
  const wanted = window.first ?? window.last
  if (wanted === undefined || wanted === null) {
    throw new Refusal(422, 'You must provide a `first` or `last` value to properly paginate the connection.')
  }
  if (wanted < 0 || wanted > MOST) {
    throw new Refusal(422, `Requesting ${wanted} records on the connection exceeds the limit of ${MOST} records.`)
  }
  const from = window.after ? placeOf(window.after) : 0
  const to = window.before ? placeOf(window.before) - 1 : all.length
  const start = window.first === undefined || window.first === null ? Math.max(from, to - wanted) : from
  const end = window.first === undefined || window.first === null ? to : Math.min(to, from + wanted)
  const edges = all.slice(start, end).map((node, index) => ({ node, cursor: cursorOf(start + index + 1) }))
  return {
    totalCount: all.length,
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

export const cursorOf = (place: number): string => Buffer.from(`cursor:${place}`).toString('base64')

function placeOf(cursor: string): number {
  const place = Number(Buffer.from(cursor, 'base64').toString('utf8').replace('cursor:', ''))
  if (!Number.isInteger(place)) throw new Refusal(422, `\`${cursor}\` does not appear to be a valid cursor.`)
  return place
}
