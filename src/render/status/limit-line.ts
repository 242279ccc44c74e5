import type { LiveRun } from '../../core/run/state.ts'
import { moment } from '../markdown/format.ts'

/** That the platform refuses requests for now, and what that delays; nothing if it does not. */
export const limitLine = ({ limitedUntil }: LiveRun): string[] =>
  limitedUntil == null
    ? []
    : [
        `**GitHub refuses requests until ${moment(limitedUntil)}**: the limit of this repository, which all of its workflows share, is used up. What slots hand over, new slots, checks and comments come after that; nothing is lost, and there is nothing to type.`,
      ]
