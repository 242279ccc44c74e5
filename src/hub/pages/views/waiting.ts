import { issueOf, type RunId } from '../../../core/ids.ts'
import { html } from '../../../render/page/html.ts'
import { findIssue } from '../../mutations/find.ts'
import { commentForm } from '../actions/forms.ts'
import { type PageContext, runPath } from '../context.ts'
import type { View } from '../layout.ts'
import { threadHtml } from './thread.ts'

/** A run that has no journal yet: its issue was just opened, or its command was refused. */
export function waitingView({ world, csrf }: PageContext, run: RunId): View {
  const issue = findIssue(world, issueOf(run))
  const isAtWork = world.store.doc.runs.some(({ status }) => status !== 'completed')
  const now = isAtWork ? 'The command is being read' : 'No run has begun'
  return {
    title: `Run ${run}: ${issue.title}`,
    trail: [[`Run ${run}`, runPath(run)]],
    now,
    parts: [
      { id: 'head', html: html`<h1>Run ${run}: ${issue.title}</h1><p><span class="now-title">${now}</span></p>` },
      ...['since', 'needs', 'plan', 'time', 'tasks'].map((id) => ({ id, html: html`` })),
      { id: 'thread', html: html`<h2>Thread</h2>${threadHtml(world, [issue.number])}` },
      {
        id: 'say',
        html: commentForm({ csrf, thread: issue.number, back: runPath(run) }, `Comment on #${issue.number}`),
      },
      { id: 'other', html: html`` },
    ],
  }
}
