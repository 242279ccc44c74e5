/** With the longest pauses these are ten minutes: overload and lost networks pass in that time, or are for people to know of. */
const MOST_TRIES = 6
/** What a Retry-After may ask for at most: a limit that fills up by the minute is open again by then. */
const LONGEST = 120
const FIRST = 2
const FACTOR = 3

/** Seconds until the next try, when so many are done; null: there is none. `after`: what the API asks for. */
export function pauseAfter(tries: number, after: number | null, random: () => number): number | null {
  if (tries >= MOST_TRIES) return null
  return after === null ? jittered(tries, random) : Math.min(after, LONGEST)
}

/** 2, 6, 18, 54 and 120 seconds, or up to half less: many slots fail at the same moment, and must not come back at one. */
const jittered = (tries: number, random: () => number): number =>
  Math.min(FIRST * FACTOR ** (tries - 1), LONGEST) * (1 - random() / 2)

/** Seconds that the API asks for by its headers. */
export function retryAfter(headers: Headers | undefined, now: Date): number | null {
  const milliseconds = numberOf(headers?.get('retry-after-ms'))
  if (milliseconds !== null) return milliseconds / 1000
  const text = headers?.get('retry-after')
  const seconds = numberOf(text) ?? (Date.parse(text ?? '') - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}

function numberOf(text: string | null | undefined): number | null {
  const number = text == null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? number : null
}
