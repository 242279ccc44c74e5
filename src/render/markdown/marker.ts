import { runIdSchema } from '../../core/ids.ts'

/** Identifies one of our comments by its first line. Callers must check the author too: anyone can type a marker. */
export interface Marker {
  name: string
  run: string
}

export const makeMarker = (name: string, run: string): string => `<!-- tributary:${name}:${run} -->`

export function parseMarker(body: string): Marker | null {
  const match = /^<!-- tributary:([a-z0-9-]+):([0-9-]+) -->(?:\r?\n|$)/.exec(body)
  if (match?.[1] === undefined || match[2] === undefined) return null
  return runIdSchema.safeParse(match[2]).success ? { name: match[1], run: match[2] } : null
}
