import { projectionName } from '../../../core/run/projection-name.ts'
import { digest } from '../../../core/text/digest.ts'
import { isPlanned } from '../../../render/plan/planned-run.ts'
import type { Session } from '../session/session.ts'
import { lastShown, locatedIn } from './last-shown.ts'

const PAGE = projectionName({ kind: 'page' })

/**
 * Keeps the page of an ended run, which the final pull request links: once for each end. It is recorded with the projections: the
 * number is the artifact's, the node the workflow run. What fails here costs the link, and nothing else.
 */
export async function keepPage(session: Session): Promise<void> {
  const { state, deps, shown, refused } = session
  if (state.phase !== 'ended' || !isPlanned(state)) return
  const of = digest(state.endedAt).slice(0, 16)
  if (lastShown(session, PAGE)?.digest === of || refused.has(PAGE)) return
  if (locatedIn(session)({ kind: 'pull', of: 'trunk' }) === null) return
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
