import { projectedAs } from '../../core/run/projection-name.ts'
import type { LiveRun } from '../../core/run/state.ts'

/** The link to the page of an ended run, if it was kept. The relative address works on the issue and on every pull request. */
export function runPageLink(run: LiveRun): string[] {
  const page = projectedAs(run, { kind: 'page' })
  if (page === undefined) return []
  const address = `../actions/runs/${page.node}/artifacts/${page.number}`
  return [
    `[The run as a page](${address}): its graph, who worked when, each task and each event, with a slider over its time. GitHub keeps it for 90 days at most.`,
  ]
}
