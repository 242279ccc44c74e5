import type { CountBody } from './body.ts'
import { segmentsOf } from './prompt.ts'

const MOST_MARKERS = 4

/** What is wrong with the places where the prompt is to be cached, or null. */
export function cacheProblem(body: CountBody): string | null {
  const markers = segmentsOf(body).flatMap(({ ttl }) => (ttl === null ? [] : [ttl]))
  if (markers.length > MOST_MARKERS) {
    return `A maximum of ${MOST_MARKERS} blocks with cache_control may be provided. Found ${markers.length}.`
  }
  const short = markers.indexOf('5m')
  return short !== -1 && markers.lastIndexOf('1h') > short
    ? "cache_control: a ttl='1h' block must not come after a ttl='5m' block"
    : null
}
