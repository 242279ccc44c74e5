import { issueOf } from '../../../core/ids.ts'
import { spentUsd } from '../../../core/money/ledger.ts'
import { workOf } from '../../../core/run/state.ts'
import { count, moment, usd } from '../../../render/markdown/format.ts'
import { type Html, html } from '../../../render/page/html.ts'
import { plain } from '../../../render/page/plain.ts'
import { headline } from '../../../render/status/headline.ts'
import type { IssueRecord } from '../../store/document.ts'
import { plainForm } from '../actions/forms.ts'
import { type PageContext, repoPath, runPath, threadPath } from '../context.ts'
import type { BrokenJournal, RunView } from '../journals.ts'
import type { View } from '../layout.ts'
import { openNeeds } from '../open-needs.ts'

/** All runs, those that wait for a person first, and a form for a new issue. */
export async function runsView(context: PageContext): Promise<View> {
  const { world, journals, csrf } = context
  const { doc } = world.store
  const all = await journals.list()
  const [read, broken] = [all.filter(isRead), all.filter((one) => !isRead(one))]
  const needs = await Promise.all(read.map(({ state }) => openNeeds(context, state)))
  const waiting = read.filter((_, index) => needs[index]?.length !== 0)
  const going = read.filter((one) => !waiting.includes(one) && one.state.phase !== 'ended')
  const ended = read.filter((one) => !waiting.includes(one) && one.state.phase === 'ended')
  const seen = new Set(all.map(({ run }) => issueOf(run)))
  const others = doc.issues.filter(({ pull, number }) => pull === null && !seen.has(number)).toReversed()
  return {
    title: `${doc.owner}/${doc.repo}`,
    trail: [],
    now:
      waiting.length === 0
        ? 'No run waits for you'
        : `${count(waiting.length, 'run')} ${waiting.length === 1 ? 'waits' : 'wait'} for you`,
    parts: [
      { id: 'head', html: html`<h1>${doc.owner}/${doc.repo}</h1>` },
      {
        id: 'runs',
        html: html`${group('Waiting for you', waiting)}${group('At work', going)}${group('Ended', ended)}
${broken.length > 0 && html`<h2>Not readable</h2><ul>${broken.map((one) => html`<li>Run ${one.run}: ${'why' in one ? one.why : ''}</li>`)}</ul>`}
${read.length === 0 && html`<p>There is no run yet. Open an issue below: a plan for it comes first, and nothing starts before you approve it.</p>`}
${others.length > 0 && issueList('Issues without a run', others, (issue) => threadPath(world, issue.number))}`,
      },
      { id: 'new', html: newIssue(csrf) },
      {
        id: 'more',
        html: html`<p class="lead"><a href="${repoPath(world)}/actions">Workflow runs</a> · <a href="${repoPath(world)}/pulls">Pull requests</a></p>`,
      },
    ],
  }
}

const isRead = (one: RunView | BrokenJournal): one is RunView => 'state' in one

function group(name: string, runs: readonly RunView[]): Html | false {
  return (
    runs.length > 0 &&
    html`<h2>${name}</h2><ul class="runs">${runs.map(({ run, state, events }) => {
      const { title, counts, detail } = headline(state)
      return html`<li><a href="${runPath(run)}">Run ${run}: ${workOf(state)?.plan.title ?? state.issue.title}</a>
<p><span class="now-title">${title}</span>${counts !== '' && `: ${counts}`}</p>
<p class="lead">${plain(detail)}</p><p class="lead">${usd(spentUsd(state.ledger))} · ${moment(events.at(-1)?.at ?? '')}</p></li>
`
    })}</ul>`
  )
}

export const issueList = (name: string, issues: readonly IssueRecord[], hrefOf: (issue: IssueRecord) => string): Html =>
  html`<h2>${name}</h2><ul class="runs">${issues.map(
    (issue) =>
      html`<li><a href="${hrefOf(issue)}">#${issue.number} ${issue.title}</a> <span class="lead">${issue.state}</span></li>`,
  )}</ul>`

const newIssue = (csrf: string): Html =>
  html`<h2>New issue</h2>${plainForm(
    csrf,
    '/issues',
    html`<label for="title">Title</label><input id="title" name="title" required maxlength="200" autocomplete="off">
<label for="body">What to do <span class="lead">(optional; a fenced <code>tributary</code> block is a plan by hand)</span></label><textarea id="body" name="body" rows="8"></textarea>
<div class="post"><button>Open it and plan</button> <span class="lead">opens the issue and posts <code>/plan</code></span></div>`,
  )}`
