import type { Projection } from '../../ports/forge.ts'
import { LIMITS } from '../../render/fit.ts'
import { withMarker } from './thread.ts'

/** Texts are rendered to fit; one that does not is a bug, and cutting it here would hide that. */
export function checkCaps(projection: Projection): void {
  for (const [what, text, limit] of textsOf(projection)) {
    if (text.length > limit) throw new Error(`${projection.name}: ${what} has ${text.length} characters, over ${limit}`)
  }
}

function textsOf(projection: Projection): [string, string, number][] {
  switch (projection.kind) {
    case 'check':
      return [
        ['summary', projection.summary, LIMITS.check],
        ['text', projection.text, LIMITS.check],
      ]
    case 'pull':
      return [['body', projection.body, LIMITS.pull]]
    case 'comment':
      return [['body', withMarker(projection.marker, projection.body), LIMITS.comment]]
    default:
      return []
  }
}
