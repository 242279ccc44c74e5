import { type LiveRun, workOf } from '../../core/run/state.ts'
import type { PageContext, Push } from './context.ts'

export const hasEndedWell = (run: LiveRun): boolean =>
  run.phase === 'ended' && ['success', 'merged'].includes(run.conclusion)

/** What would push the result of a run; null without a result, or a remote. */
export async function pushFor({ pushOf }: Pick<PageContext, 'pushOf'>, run: LiveRun): Promise<Push | null> {
  const tip = hasEndedWell(run) ? workOf(run)?.trunk.tip : undefined
  return tip === undefined ? null : pushOf(run.run, tip)
}
