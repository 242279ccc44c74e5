import { trunkBranch } from '../../../core/ids.ts'
import { locatedPull } from '../../../core/run/projection-name.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { type Html, html } from '../../../render/page/html.ts'
import { isPull } from '../../representations/pull.ts'
import { plainForm } from '../actions/forms.ts'
import { type PageContext, runPath } from '../context.ts'
import { hasEndedWell, pushFor } from '../result-push.ts'
import { mergeForm } from './merge.ts'

/** Into the person's repository, and to its remote; empty unless the run has a result, and the hub knows that repository. */
export async function takeForms(context: PageContext, state: LiveRun): Promise<Html> {
  const { csrf, takesResults } = context
  if (!takesResults || !hasEndedWell(state)) return html``
  const push = await pushFor(context, state)
  return html`${plainForm(
    csrf,
    `${runPath(state.run)}/take`,
    html`<div class="post"><button>Fetch the branch</button> <span class="lead">brings <code>${trunkBranch(state.run)}</code> into your repository as a new branch; your checkout stays as it is</span></div>`,
  )}${
    push !== null &&
    plainForm(
      csrf,
      `${runPath(state.run)}/push`,
      html`<input type="hidden" name="command" value="${push.command}"><div class="post"><button>Push to ${push.remote}</button> <span class="lead">runs <code>${push.command}</code> in your repository, with your git</span></div>`,
    )
  }`
}

/** Without a repository that takes the result: the final pull request is merged in the hub. */
export async function mergeResult(context: PageContext, state: LiveRun): Promise<Html> {
  const number = locatedPull(state, 'trunk')?.number
  const pull = context.world.store.doc.issues.filter(isPull).find((issue) => issue.number === number)
  if (pull === undefined)
    return html`<p>There is no pull request: merge <code>${trunkBranch(state.run)}</code> yourself.</p>`
  return mergeForm(context, pull, runPath(state.run))
}
