import type { Role } from './enter.ts'
import type { Line } from './line.ts'
import type { RemovedKind } from './removed.ts'

/** A piece of the text that no page shows, whatever stands in it. */
export interface Cut {
  readonly from: number
  readonly to: number
  readonly kind: RemovedKind
}

/** A line with what Markdown's blocks make of it; `formula`: it stands in a block of that language. */
export interface Placed extends Line {
  readonly role: Role | 'formula'
}
