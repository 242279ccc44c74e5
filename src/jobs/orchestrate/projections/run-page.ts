import { digest } from '../../../core/text/digest.ts'
import { isPlanned } from '../../../render/plan/planned-run.ts'
import { PAGE } from '../../../render/pull/run-page-link.ts'
import type { Session } from '../session/session.ts'

/**
 * Keeps the page of an ended run, which the final pull request links: once for each end. It is recorded with the projections, its
 * workflow run as the node. What fails here costs the link, and nothing else.
 */
export async function keepPage(session: Session): Promise<void> {
  const { state, deps, shown, refused } = session
  if (state.phase !== 'ended' || !isPlanned(state)) return
  const of = digest(state.endedAt).slice(0, 16)
  if ((shown.get(PAGE) ?? state.projected[PAGE])?.digest === of || refused.has(PAGE)) return
  if ((shown.get('pull:trunk') ?? state.projected['pull:trunk']) === undefined) return
  try {
    // Only the last orchestrator of a run needs it.
    const { renderRunPage } = await import('../../../render/page/run-page.ts')
    const page = renderRunPage(await deps.journal.history(state.run), state)
    const artifact = await deps.pages.keep(`tributary-${state.run}-${of}.html`, deps.redact(page))
    shown.set(PAGE, { number: artifact, node: `${deps.workflowRun}`, digest: of })
  } catch (error) {
    refused.add(PAGE)
    deps.log(`the page of the run is not kept: ${error instanceof Error ? error.message : String(error)}`)
  }
}
