import type { LiveRun } from '../../core/run/state.ts'

/** The projection that is the page of the run: its number is the artifact's, its node the workflow run. */
export const PAGE = 'page:run'

/** The link to the page of an ended run, if it was kept. The relative address works on the issue and on every pull request. */
export function runPageLink({ projected }: LiveRun): string[] {
  const page = projected[PAGE]
  if (page === undefined) return []
  const address = `../actions/runs/${page.node}/artifacts/${page.number}`
  return [
    `[The run as a page](${address}): its graph, who worked when, each task and each event, with a slider over its time. GitHub keeps it for 90 days at most.`,
  ]
}
