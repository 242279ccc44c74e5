import { type Html, html } from '../../../render/page/html.ts'
import { isMergeable, type PullIssue } from '../../representations/pull.ts'
import { plainForm } from '../actions/forms.ts'
import { type PageContext, threadPath } from '../context.ts'

/** The merge button of a pull request, for the head that is shown; empty if it is closed. */
export async function mergeForm({ world, csrf }: PageContext, issue: PullIssue, back: string): Promise<Html> {
  const { pull, number, state } = issue
  if (state === 'closed') return html``
  if (pull.draft) return html`<p class="lead">It is a draft, so it cannot be merged yet.</p>`
  if (!(await isMergeable(world, pull)))
    return html`<p>It conflicts with <code>${pull.base}</code>. Merge that into <code>${pull.head}</code>, resolve the conflict and push.</p>`
  return plainForm(
    csrf,
    `/pulls/${number}/merge`,
    html`<input type="hidden" name="sha" value="${pull.headSha}"><input type="hidden" name="back" value="${back}">
<div class="post"><button>Merge</button> <span class="lead">merges <a href="${threadPath(world, number)}">pull request #${number}</a>, <code>${pull.head}</code> at <code>${pull.headSha.slice(0, 8)}</code>, into <code>${pull.base}</code> of this hub, as the button on GitHub does</span></div>`,
  )
}
