import { type ProjectionName, projectionName } from '../../../core/run/projection-name.ts'
import type { Located } from '../../../ports/forge.ts'
import type { Session } from '../session/session.ts'

/** The place of what a projection has created; null if it was never shown. */
export type Locate = (name: ProjectionName) => Located | null

/** What was last shown under a name, also if the journal does not hold it yet. */
export const lastShown = ({ shown, state }: Pick<Session, 'shown' | 'state'>, name: string) =>
  shown.get(name) ?? state.projected[name]

export const locatedIn =
  (session: Pick<Session, 'shown' | 'state'>): Locate =>
  (name) => {
    const found = lastShown(session, projectionName(name))
    return found === undefined ? null : { number: found.number, node: found.node }
  }
